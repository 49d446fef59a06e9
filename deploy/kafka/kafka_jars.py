"""Apache Kafka's own jars, fetched by Maven, and the Java that runs them."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
POM = HERE / "pom.xml"
VERSION = re.findall(r"<kafka\.version>(.+?)</kafka\.version>", POM.read_text("utf-8"))[0]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "casepulse"


class KafkaError(Exception):
    """Kafka can't be started or stopped; the message says what is wrong and what to do."""


class KafkaMissingError(KafkaError):
    """Something that Kafka needs is not on this machine: Java, Maven, or the jars."""


def fetch_jars(cache: Path = CACHE) -> Path:
    """The folder with Kafka's jars, fetched by Maven where they aren't there yet.

    They are fetched beside the folder and moved there whole, so what an interrupted
    download leaves is never taken for them.

    Raises:
        KafkaMissingError: there is no Maven, or it can't fetch them.
    """
    jars = cache / f"kafka-{VERSION}"
    if jars.is_dir():
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaMissingError(
            f"Kafka's jars are not in {jars}, and there is no mvn on the PATH to fetch them. "
            "On Debian and Ubuntu: apt install maven"
        )
    sys.stderr.write(f"Fetching Apache Kafka {VERSION} (45 MB, once) into {jars}\n")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{jars.name}.part-", dir=cache) as folder:
        part = Path(folder) / "jars"
        # -C: a jar whose checksum is wrong is an error, not a warning.
        copy = [maven, "-q", "-B", "-C", "-f", str(POM), "dependency:copy-dependencies"]
        status, output = run([*copy, "-DincludeScope=runtime", f"-DoutputDirectory={part}"])
        if status != 0:
            raise KafkaMissingError(
                "Maven can't fetch Kafka's jars; it needs Maven Central, or a mirror of it in "
                f"~/.m2/settings.xml:\n{explained(output)}"
            )
        try:
            part.rename(jars)
        except OSError:
            if not jars.is_dir():  # there: another was quicker, with the same jars
                raise
    return jars


def find_java() -> str:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if java is None:
        where = f"in JAVA_HOME ({home})" if home else "on the PATH"
        raise KafkaMissingError(
            f"There is no java {where}; Kafka {VERSION} needs Java 17 or newer. "
            "On Debian and Ubuntu: apt install openjdk-17-jre-headless"
        )
    return java


def explained(output: str) -> str:
    """The end of what a program printed, with what to do where that is known."""
    end = "\n".join(f"  {line[:300]}" for line in output.rstrip().splitlines()[-30:])
    if "UnsupportedClassVersionError" in output:
        end += f"\nThis java is too old: Kafka {VERSION} needs Java 17 or newer (see JAVA_HOME)."
    if "Address already in use" in output:
        end += "\nAnother program took the port meanwhile: start again, or give --port."
    return end


def run(command: list[str]) -> tuple[int, str]:
    """Exit status of a command, and what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr
