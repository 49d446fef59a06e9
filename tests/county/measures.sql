-- The measures, a view each: a row an occurrence or subject that is counted, with the month it
-- counts in (flows only), its locality and its status. The line above is the handbook's.
--
-- Where the handbook leaves a question open, the engine's answer was taken over:
-- * What is counted in days is compared in days: a visit on the day of a referral, of a placement
--   or of a plan's beginning or end belongs to it, whatever the hour.
-- * A referral on the same day a year before lies no longer in the twelve months before.
-- * Without a placement on record the clock of statutory visits runs from entering care; without a
--   referral on record that of an open assessment runs from its own start.
-- * A visit to a child on a plan counts for its recording delay whether or not the child was seen.

-- --- Response to risk --------------------------------------------------------------------------

-- flow | contact received | 24 hours, received → initial decision
CREATE VIEW initial_contact_decision AS
SELECT
    month_of(day) AS month, locality,
    CASE
        WHEN decided <= received + INTERVAL 24 HOUR THEN 'met'
        WHEN decided IS NOT NULL OR moment() > received + INTERVAL 24 HOUR THEN 'missed'
        ELSE 'pending'
    END AS status
FROM contact LEFT JOIN decision USING (subject);

-- flow | contact received | 48 hours, received → final outcome
CREATE VIEW end_to_end_contact_decision AS
SELECT
    month_of(day) AS month, locality,
    CASE
        WHEN concluded <= received + INTERVAL 48 HOUR THEN 'met'
        WHEN concluded IS NOT NULL OR moment() > received + INTERVAL 48 HOUR THEN 'missed'
        ELSE 'pending'
    END AS status
FROM contact LEFT JOIN conclusion USING (subject);

-- flow | contact rated Red | 4 hours, received → initial decision
CREATE VIEW red_contact_decision AS
SELECT
    month_of(day) AS month, locality,
    CASE
        WHEN decided <= received + INTERVAL 4 HOUR THEN 'met'
        WHEN decided IS NOT NULL OR moment() > received + INTERVAL 4 HOUR THEN 'missed'
        ELSE 'pending'
    END AS status
FROM contact LEFT JOIN decision USING (subject)
WHERE rating = 'red';

-- flow | referral started | S17 +5 wd, S47 +1 wd, start → first visit that saw the child, virtual
-- included. A referral closed without the child being seen is in `closed_unseen`, not here.
CREATE VIEW initial_visit AS
WITH first_seen AS (
    SELECT referral.subject, referral, min(visit.day) AS seen, arg_min(virtual, time) AS virtual
    FROM referral JOIN visit
        ON visit.subject = referral.subject AND child_seen AND visit.day >= referral.day
        AND (closed IS NULL OR time <= closed)
    GROUP BY ALL
),
due AS (
    SELECT *, plus_working_days(day, CASE pathway WHEN 'S47' THEN 1 ELSE 5 END) AS due
    FROM referral
)
SELECT
    month_of(day) AS month, locality, pathway,
    CASE
        WHEN seen <= due AND virtual THEN 'in_time_virtual'
        WHEN seen <= due THEN 'in_time'
        WHEN virtual THEN 'late_virtual'
        WHEN seen IS NOT NULL THEN 'late'
        WHEN closed IS NOT NULL THEN 'closed_unseen'
        WHEN is_past(due) THEN 'not_seen'
        ELSE 'pending'
    END AS status
FROM due LEFT JOIN first_seen USING (subject, referral);

CREATE VIEW initial_visits_all AS SELECT * EXCLUDE pathway FROM initial_visit;

CREATE VIEW initial_visits_s17 AS SELECT * EXCLUDE pathway FROM initial_visit WHERE pathway = 'S17';

CREATE VIEW initial_visits_s47 AS SELECT * EXCLUDE pathway FROM initial_visit WHERE pathway = 'S47';

-- flow | initial strategy discussion held | +1 wd, decided → held | one per child and referral
CREATE VIEW strategy_discussion_timely AS
WITH initial AS (
    SELECT DISTINCT ON (subject, referral) * FROM strategy_discussion
    ORDER BY subject, referral, time
)
SELECT
    month_of(held) AS month, locality,
    CASE
        WHEN decided IS NULL THEN 'untraced'
        WHEN held <= plus_working_days(decided, 1) THEN 'met'
        ELSE 'missed'
    END AS status
FROM initial;

-- flow | S47 enquiry completed | +15 wd, strategy discussion → completed
CREATE VIEW s47_timely AS
SELECT
    month_of(completed) AS month, locality,
    CASE
        WHEN discussed IS NULL THEN 'untraced'
        WHEN completed <= plus_working_days(discussed, 15) THEN 'met'
        ELSE 'missed'
    END AS status
FROM enquiry_completed LEFT JOIN enquiry USING (subject, enquiry);

-- flow | initial child protection conference held | +15 wd, strategy discussion that began the
-- S47 → held
CREATE VIEW icpc_timely AS
SELECT
    month_of(held) AS month, locality,
    CASE
        WHEN discussed IS NULL THEN 'untraced'
        WHEN held <= plus_working_days(discussed, 15) THEN 'met'
        ELSE 'missed'
    END AS status
FROM conference LEFT JOIN enquiry USING (subject, enquiry)
WHERE kind = 'initial';

-- flow, by child | child with a missing episode (type M) begun in the month | at least one return
-- interview held for an episode begun in the month; refused is a status of its own; a child still
-- missing is pending
CREATE VIEW return_interview AS
SELECT
    month_of(day) AS month, arg_min(locality, began) AS locality,
    CASE
        WHEN bool_or(held) THEN 'met'
        WHEN bool_or(found IS NULL) THEN 'pending'
        WHEN bool_or(refused) THEN 'refused'
        ELSE 'missed'
    END AS status
FROM missing_episode LEFT JOIN return_interview_of USING (subject, episode)
GROUP BY subject, month_of(day);

-- stock, low | in care | any missing episode begun in the last 12 months
CREATE VIEW cic_missing_12m AS
SELECT
    locality,
    CASE
        WHEN subject IN (
            SELECT subject FROM missing_episode WHERE began >= months_before(moment(), 12)
        ) THEN 'yes'
        ELSE 'no'
    END AS status
FROM in_care JOIN holder USING (subject);

-- --- Seeing children ---------------------------------------------------------------------------

-- stock | on a plan | +10 wd since last seen, or since the plan began; unseen for 20 wd apart
CREATE VIEW cp_visits AS
WITH last_seen AS (
    SELECT on_a_plan.subject, max(visit.day) AS seen, arg_max(virtual, time) AS virtual
    FROM on_a_plan JOIN visit
        ON visit.subject = on_a_plan.subject AND child_seen AND visit.day >= on_a_plan.day
    GROUP BY ALL
)
SELECT
    locality,
    CASE
        WHEN seen IS NULL AND is_past(plus_working_days(day, 20)) THEN 'long_never'
        WHEN seen IS NULL AND is_past(plus_working_days(day, 10)) THEN 'never'
        WHEN seen IS NULL THEN 'not_due'
        WHEN is_past(plus_working_days(seen, 20)) THEN 'long_overdue'
        WHEN is_past(plus_working_days(seen, 10)) THEN 'overdue'
        WHEN virtual THEN 'met_virtually'
        ELSE 'met'
    END AS status
FROM on_a_plan LEFT JOIN last_seen USING (subject) JOIN holder USING (subject);

-- children subject to a protection plan
CREATE VIEW cp_children AS
SELECT locality, 'yes' AS status FROM on_a_plan JOIN holder USING (subject);

-- stock | in care | first within 7 days of the placement's start; then 6 weeks in the placement's
-- first year; then 3 months if it is meant to last to 18, else 6 weeks; virtual does not count
CREATE VIEW statutory_visits AS
WITH placed AS (
    SELECT DISTINCT ON (subject) subject, day, until_eighteen
    FROM placement WHERE ended IS NULL
    ORDER BY subject, started DESC
),
-- Where no placement is on record yet, the clock runs from entering care.
current AS (
    SELECT subject, greatest(placed.day, in_care.day) AS day, until_eighteen
    FROM in_care LEFT JOIN placed USING (subject)
),
last_visit AS (
    SELECT current.subject, max(visit.day) AS visited
    FROM current JOIN visit
        ON visit.subject = current.subject AND kind = 'statutory' AND child_seen AND NOT virtual
        AND visit.day >= current.day
    GROUP BY ALL
),
due AS (
    SELECT
        *,
        CASE
            WHEN visited IS NULL THEN day + 7
            WHEN visited >= plus_months(day, 12) AND until_eighteen THEN plus_months(visited, 3)
            ELSE visited + 6 * 7
        END AS due
    FROM current LEFT JOIN last_visit USING (subject)
)
SELECT
    locality,
    CASE
        WHEN NOT is_past(due) THEN CASE WHEN visited IS NULL THEN 'not_due' ELSE 'met' END
        ELSE 'late'
    END AS status
FROM due JOIN holder USING (subject);

-- flow, low | visits to children on a plan | recorded more than 5 wd after it happened
CREATE VIEW cp_visit_recording_delay AS
SELECT
    month_of(day) AS month, locality,
    CASE WHEN working_days_taken(day, london_day(recorded)) > 5 THEN 'delayed' ELSE 'prompt' END
        AS status
FROM visit
WHERE EXISTS (
    FROM plan
    WHERE plan.subject = visit.subject AND visit.day >= plan.day
        AND (ended_on IS NULL OR visit.day <= ended_on)
) AND under_eighteen(subject, day);

-- --- Assessment, planning and review -----------------------------------------------------------

-- flow | assessment authorised | +45 wd, referral → authorised
CREATE VIEW single_assessment AS
SELECT
    month_of(authorised) AS month, locality,
    CASE
        WHEN referred IS NULL THEN 'untraced'
        WHEN authorised <= plus_working_days(referred, 45) THEN 'met'
        ELSE 'missed'
    END AS status
FROM assessment WHERE authorised IS NOT NULL;

-- bands by working days taken: up to 20, 21-45 (31-45 apart), 46-59, 60-89, 90 and over
CREATE MACRO band(days) AS CASE
    WHEN days <= 20 THEN 'up_to_20'
    WHEN days <= 30 THEN '21_to_30'
    WHEN days <= 45 THEN '31_to_45'
    WHEN days <= 59 THEN '46_to_59'
    WHEN days <= 89 THEN '60_to_89'
    WHEN days >= 90 THEN '90_and_over'
END;

CREATE VIEW single_assessment_bands AS
SELECT
    month_of(authorised) AS month, locality,
    band(working_days_taken(referred, authorised)) AS status
FROM assessment WHERE authorised IS NOT NULL AND referred IS NOT NULL;

-- The days on which a child was open to social care, by each record that makes it so.
CREATE VIEW open_spell AS
SELECT subject, day, london_day(closed) AS until FROM referral
UNION ALL
SELECT subject, day, ended_on FROM plan
UNION ALL
SELECT subject, day, ended_on FROM care_period WHERE NOT short_breaks;

-- open ones as a stock with the same bands; since its own start where no referral is on record; one
-- whose case was closed, on the very day too, waits no longer
CREATE VIEW assessments_open AS
SELECT
    holder.locality,
    CASE
        WHEN EXISTS (
            FROM open_spell AS over
            WHERE over.subject = assessment.subject AND over.until >= started
                AND NOT EXISTS (
                    FROM open_spell AS other
                    WHERE other.subject = over.subject AND other.day <= over.until
                        AND (other.until IS NULL OR other.until > over.until)
                )
        ) THEN 'closed'
        ELSE band(working_days_taken(coalesce(referred, started), reported_day()))
    END AS status
FROM assessment JOIN holder USING (subject)
WHERE authorised IS NULL;

-- flow | child-in-care review held | first 20 wd from entering care, then 3 m, then 6 m
CREATE VIEW cic_reviews_timely AS
SELECT
    month_of(held) AS month, locality,
    CASE
        WHEN period IS NULL THEN 'outside_care'
        WHEN number = 1 AND held <= plus_working_days(entered, 20) THEN 'met'
        WHEN number = 2 AND held <= plus_months(held_before, 3) THEN 'met'
        WHEN number > 2 AND held <= plus_months(held_before, 6) THEN 'met'
        ELSE 'missed'
    END AS status
FROM care_review;

-- --- Repeat work -------------------------------------------------------------------------------

-- flow, low | referral started; counted if the child had another begin in the 12 months before
CREATE VIEW re_referrals AS
SELECT
    month_of(day) AS month, locality,
    CASE WHEN EXISTS (
        FROM referral AS earlier
        WHERE earlier.subject = referral.subject AND earlier.referral <> referral.referral
            AND earlier.started < referral.started
            AND earlier.day > plus_months(referral.day, -12)
    ) THEN 'repeat' ELSE 'first' END AS status
FROM referral;

-- rolling twelve months of a flow = sums of its months
CREATE VIEW re_referrals_12m AS
SELECT
    month_of(CAST(month || '-01' AS DATE) + to_months(later)) AS month, locality, status
FROM re_referrals, range(12) AS months(later)
WHERE CAST(month || '-01' AS DATE) + to_months(later) <= date_trunc('month', reported_day());

-- flow / stock, low | plan begun (or open); counted if the child had an earlier plan here
CREATE VIEW repeat_plans_started AS
SELECT
    month_of(day) AS month, locality,
    CASE row_number() OVER (PARTITION BY subject ORDER BY started)
        WHEN 1 THEN 'first' WHEN 2 THEN 'second' ELSE 'third_or_more' END AS status
FROM plan;

-- flow, low | child enters care; counted if an earlier period of care
CREATE VIEW readmissions AS
SELECT
    month_of(day) AS month, locality,
    CASE row_number() OVER (PARTITION BY subject ORDER BY started)
        WHEN 1 THEN 'first' ELSE 'again' END AS status
FROM care_period WHERE NOT short_breaks;

-- --- Stability and permanence ------------------------------------------------------------------

-- children in care
CREATE VIEW children_in_care AS
SELECT locality, 'yes' AS status FROM in_care JOIN holder USING (subject);

-- stock, low | in care; legal status V2
CREATE VIEW cic_section20 AS
SELECT locality, CASE legal_status WHEN 'V2' THEN 'yes' ELSE 'no' END AS status
FROM in_care JOIN holder USING (subject);

-- stock, low | in care; 3 or more placements in the last 12 months, all periods of care: starts of
-- placement within them, plus the one open when they began
CREATE VIEW short_term_stability AS
WITH placements AS (
    SELECT subject, count(*) AS placements
    FROM placement
    WHERE started >= months_before(moment(), 12)
        OR ended > months_before(moment(), 12) OR ended IS NULL
    GROUP BY subject
)
SELECT locality, CASE WHEN placements >= 3 THEN 'yes' ELSE 'no' END AS status
FROM in_care LEFT JOIN placements USING (subject) JOIN holder USING (subject);

-- --- Workers -----------------------------------------------------------------------------------

-- stock | workers who hold children, by children per full-time equivalent | 18, 22, 25, 30
CREATE VIEW caseload_18 AS
WITH load AS (
    SELECT worker, count(DISTINCT child) AS children FROM allocation GROUP BY worker
),
worker_with_children AS (
    SELECT
        team, coalesce(locality, 'Other') AS locality,
        CASE
            WHEN fte IS NULL THEN 'post_unknown'
            WHEN children <= 18 * fte THEN 'within'
            WHEN children <= 22 * fte THEN 'above'
            WHEN children <= 25 * fte THEN 'stretched'
            WHEN children <= 30 * fte THEN 'high'
            ELSE 'excessive'
        END AS status
    FROM load LEFT JOIN worker ON worker.subject = load.worker
)
SELECT locality, status FROM worker_with_children
UNION ALL
-- teams whose workers all hold 18 or fewer
SELECT
    any_value(locality) AS locality,
    CASE WHEN bool_and(status = 'within') THEN 'team_within' ELSE 'team_above' END AS status
FROM worker_with_children WHERE team IS NOT NULL
GROUP BY team;
