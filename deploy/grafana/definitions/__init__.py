"""The dashboards of casepulse as typed code. `build.py` beside this folder writes their JSON."""
