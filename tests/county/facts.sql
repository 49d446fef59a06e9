-- From raw events to the facts of the domain, as a council's analyst would write it.
--
-- Given are the tables `event` (the lines as they were read), `team` (team, locality) and
-- `bank_holiday` (day), and the variable `moment`: the instant that all is as at.
-- Nothing here comes from the engine: the definitions are the handbook's (docs/measures.md; days
-- and months: state/calendar.py). Instants are TIMESTAMPTZ, days are local to London.

-- --- Time --------------------------------------------------------------------------------------

CREATE MACRO london_day(instant) AS CAST(timezone('Europe/London', instant) AS DATE);

CREATE MACRO month_of(day) AS strftime(day, '%Y-%m');

-- Every day with the number of working days up to and with it.
CREATE TABLE day AS
WITH calendar AS (
    SELECT CAST(day AS DATE) AS day
    FROM range(TIMESTAMP '2018-01-01', TIMESTAMP '2024-01-01', INTERVAL 1 DAY) AS all_days(day)
)
SELECT
    day,
    isodow(day) <= 5 AND day NOT IN (FROM bank_holiday) AS working,
    count(*) FILTER (isodow(day) <= 5 AND day NOT IN (FROM bank_holiday))
        OVER (ORDER BY day) AS number
FROM calendar;

CREATE TABLE working_day AS SELECT number, day FROM day WHERE working;

-- `+n wd`: the n-th working day after the start, which is day 0.
CREATE MACRO plus_working_days(start, days) AS (
    SELECT later.day
    FROM day AS earlier JOIN working_day AS later ON later.number = earlier.number + days
    WHERE earlier.day = start
);

-- Working days taken: those after the start, up to and including the end.
CREATE MACRO working_days_taken(start, finish) AS
    (SELECT number FROM day WHERE day.day = finish)
    - (SELECT number FROM day WHERE day.day = start);

-- `+n m`: the same day n months on, clamped to the month's end.
CREATE MACRO plus_months(start, months) AS CAST(start + to_months(months) AS DATE);

CREATE MACRO moment() AS CAST(getvariable('moment') AS TIMESTAMPTZ);

-- A due day itself is in time: what is due then is late from the midnight that ends it.
CREATE MACRO is_past(due) AS london_day(moment()) > due;

-- The day that a figure reports on: at a midnight, the one that ends with it.
CREATE MACRO reported_day() AS london_day(moment() - INTERVAL 1 MICROSECOND);

-- "In the last n months" at an instant begins n months before it, at the same local time.
CREATE MACRO months_before(instant, months) AS
    timezone('Europe/London', timezone('Europe/London', instant) - to_months(months));

-- --- Records: what was told, corrected -----------------------------------------------------------

-- A correction that was itself withdrawn corrects nothing; of the others the latest recorded holds.
-- That an amendment is withdrawn is all that happens to corrections: see the end of this file.
CREATE TABLE correction AS
SELECT
    source,
    coalesce(data->>'amends', data->>'voids') AS of_id,
    id,
    type,
    recordedtime,
    data->>'$.replacement.type' AS now_type,
    CAST(data->>'$.replacement.time' AS TIMESTAMPTZ) AS now_time,
    data->'$.replacement.data' AS now_data
FROM event
WHERE type IN ('record.amended', 'record.voided');

CREATE TABLE correction_that_holds AS
SELECT DISTINCT ON (source, of_id) *
FROM correction
WHERE (source, id) NOT IN (SELECT (source, of_id) FROM correction WHERE type = 'record.voided')
ORDER BY source, of_id, recordedtime DESC;

-- A record keeps the time at which it was first recorded. Who may read a child's record is told by
-- no team and counts nowhere.
CREATE TABLE record AS
WITH told AS (
    SELECT
        event.id,
        event.subject,
        coalesce(now_type, event.type) AS type,
        coalesce(now_time, event.time) AS time,
        event.recordedtime AS recorded,
        coalesce(now_data, event.data) AS data
    FROM event
    LEFT JOIN correction_that_holds AS correction
        ON correction.source = event.source AND correction.of_id = event.id
    WHERE event.type NOT IN (
        'record.amended', 'record.voided', 'clock.ticked', 'restriction.changed'
    )
        AND correction.type IS DISTINCT FROM 'record.voided'
)
SELECT told.*, london_day(time) AS day, team.team, coalesce(locality, 'Other') AS locality
FROM told LEFT JOIN team ON team.team = (told.data->>'team')
ORDER BY type, subject, time;

-- What happened before the instant. What is dated the instant itself has not happened.
CREATE VIEW fact AS SELECT * FROM record WHERE time < moment();

-- --- Where something counts -------------------------------------------------------------------

-- The team that holds a case: that of its latest fact. A stock counts there, a flow where its own
-- fact was. Every fact names its team; the test sees to that.
CREATE VIEW holder AS
SELECT subject, arg_max(locality, time) AS locality FROM fact GROUP BY subject;

-- --- Ages --------------------------------------------------------------------------------------

-- In care and on a plan to the eve of the 18th birthday, whether anybody ended it or not.
CREATE VIEW child AS
SELECT
    subject AS person,
    plus_months(CAST(arg_max(data->>'born', time) AS DATE), 12 * 18) AS eighteen
FROM fact WHERE type = 'child.registered' GROUP BY subject;

CREATE MACRO is_eighteen(of_subject) AS coalesce((
    SELECT reported_day() >= eighteen FROM child WHERE person = of_subject
), false);

-- Whether it was told of a day on which the child was not eighteen yet.
CREATE MACRO under_eighteen(of_subject, on_day) AS coalesce((
    SELECT on_day < eighteen FROM child WHERE person = of_subject
), true);

-- --- The front door ----------------------------------------------------------------------------

-- Missing notifications are not contacts.
CREATE VIEW contact AS
SELECT DISTINCT ON (subject)
    subject, time AS received, day, locality, data->>'rating' AS rating
FROM fact
WHERE type = 'contact.received' AND NOT CAST(data->>'missing_notification' AS BOOLEAN)
ORDER BY subject, time;

CREATE VIEW decision AS
SELECT subject, min(time) AS decided FROM fact WHERE type = 'contact.decided' GROUP BY subject;

CREATE VIEW conclusion AS
SELECT subject, min(time) AS concluded FROM fact WHERE type = 'contact.concluded' GROUP BY subject;

-- --- Referrals, visits, assessments --------------------------------------------------------------

CREATE VIEW referral AS
WITH closure AS (
    SELECT subject, data->>'referral' AS referral, min(time) AS closed
    FROM fact WHERE type = 'referral.closed' GROUP BY ALL
),
start AS (
    SELECT DISTINCT ON (subject, data->>'referral')
        subject, data->>'referral' AS referral, time AS started, day, locality,
        data->>'pathway' AS pathway
    FROM fact WHERE type = 'referral.started'
    ORDER BY subject, data->>'referral', time
)
SELECT start.*, closed FROM start LEFT JOIN closure USING (subject, referral);

-- A visit has no key of its own: one of a kind a day, however often it was told. It saw the child,
-- and face to face, if any telling says so.
CREATE VIEW visit AS
SELECT
    subject, min(time) AS time, day, min(recorded) AS recorded, arg_min(locality, time) AS locality,
    kind, coalesce(bool_and(virtual) FILTER (child_seen), bool_and(virtual)) AS virtual,
    bool_or(child_seen) AS child_seen
FROM (
    SELECT
        subject, time, day, recorded, locality, data->>'kind' AS kind,
        (data->>'method') = 'virtual' AS virtual,
        CAST(data->>'child_seen' AS BOOLEAN) AS child_seen
    FROM fact WHERE type = 'visit.recorded'
)
GROUP BY subject, day, kind;

CREATE VIEW assessment AS
WITH start AS (
    SELECT DISTINCT ON (subject, data->>'assessment')
        subject, data->>'assessment' AS assessment, day AS started, data->>'referral' AS referral
    FROM fact WHERE type = 'assessment.started'
    ORDER BY subject, data->>'assessment', time
),
authorisation AS (
    SELECT DISTINCT ON (subject, data->>'assessment')
        subject, data->>'assessment' AS assessment, day AS authorised, locality
    FROM fact WHERE type = 'assessment.authorised'
    ORDER BY subject, data->>'assessment', time
)
SELECT
    subject, assessment, start.started, referral.day AS referred, authorised,
    authorisation.locality
FROM start
FULL JOIN authorisation USING (subject, assessment)
LEFT JOIN referral USING (subject, referral);

-- --- Child protection --------------------------------------------------------------------------

CREATE VIEW strategy_discussion AS
SELECT DISTINCT ON (subject, data->>'discussion')
    subject, data->>'discussion' AS discussion, data->>'referral' AS referral, time, day AS held,
    london_day(CAST(data->>'decided' AS TIMESTAMPTZ)) AS decided, locality
FROM fact WHERE type = 'strategy_discussion.held'
ORDER BY subject, data->>'discussion', time;

-- A section 47 enquiry with the strategy discussion that began it.
CREATE VIEW enquiry AS
WITH start AS (
    SELECT DISTINCT ON (subject, data->>'enquiry')
        subject, data->>'enquiry' AS enquiry, data->>'discussion' AS discussion
    FROM fact WHERE type = 's47_enquiry.started'
    ORDER BY subject, data->>'enquiry', time
)
SELECT subject, enquiry, held AS discussed
FROM start JOIN strategy_discussion USING (subject, discussion);

CREATE VIEW enquiry_completed AS
SELECT DISTINCT ON (subject, data->>'enquiry')
    subject, data->>'enquiry' AS enquiry, day AS completed, locality
FROM fact WHERE type = 's47_enquiry.completed'
ORDER BY subject, data->>'enquiry', time;

CREATE VIEW conference AS
SELECT DISTINCT ON (subject, data->>'conference')
    subject, data->>'enquiry' AS enquiry, data->>'kind' AS kind, day AS held, locality
FROM fact WHERE type = 'conference.held'
ORDER BY subject, data->>'conference', time;

CREATE VIEW plan AS
WITH ending AS (
    SELECT subject, data->>'plan' AS plan, min(time) AS ended
    FROM fact WHERE type = 'protection_plan.ended' GROUP BY ALL
),
start AS (
    SELECT DISTINCT ON (subject, data->>'plan')
        subject, data->>'plan' AS plan, time AS started, day, locality
    FROM fact WHERE type = 'protection_plan.started'
    ORDER BY subject, data->>'plan', time
)
SELECT start.*, ended, london_day(ended) AS ended_on
FROM start LEFT JOIN ending USING (subject, plan)
WHERE under_eighteen(subject, day);

-- Who is on a plan, with the plan's beginning.
CREATE VIEW on_a_plan AS
SELECT subject, min(started) AS started, min(day) AS day
FROM plan WHERE ended IS NULL AND NOT is_eighteen(subject) GROUP BY subject;

-- --- Care --------------------------------------------------------------------------------------

CREATE VIEW legal_status AS
SELECT subject, time, data->>'legal_status' AS legal_status
FROM fact WHERE type = 'legal_status.changed';

-- A period of care, and whether it was never more than short breaks (V3, V4).
CREATE VIEW care_period AS
WITH ending AS (
    SELECT subject, data->>'period' AS period, min(time) AS ended
    FROM fact WHERE type = 'care_period.ended' GROUP BY ALL
),
start AS (
    SELECT DISTINCT ON (subject, data->>'period')
        subject, data->>'period' AS period, time AS started, day, locality
    FROM fact WHERE type = 'care_period.started'
    ORDER BY subject, data->>'period', time
)
SELECT
    start.*, ended, london_day(ended) AS ended_on,
    coalesce((
        SELECT bool_and(legal_status IN ('V3', 'V4')) FROM legal_status
        WHERE legal_status.subject = start.subject
            AND time >= started AND (ended IS NULL OR time < ended)
    ), false) AS short_breaks
FROM start LEFT JOIN ending USING (subject, period)
WHERE under_eighteen(subject, day);

-- Who is in care, and under which legal status: a period of care open, short breaks left out.
CREATE VIEW in_care AS
SELECT care_period.subject, day, arg_max(legal_status, time) AS legal_status
FROM care_period LEFT JOIN legal_status
    ON legal_status.subject = care_period.subject AND time >= started
WHERE ended IS NULL AND NOT is_eighteen(care_period.subject)
GROUP BY care_period.subject, period, day
HAVING coalesce(arg_max(legal_status, time), '') NOT IN ('V3', 'V4');

-- Placements in their order; one ends when the next begins, or when it is said to end.
CREATE VIEW placement AS
WITH ending AS (
    SELECT subject, data->>'placement' AS placement, min(time) AS ended
    FROM fact WHERE type = 'placement.ended' GROUP BY ALL
),
start AS (
    SELECT DISTINCT ON (subject, data->>'placement')
        subject, data->>'placement' AS placement, time AS started, day,
        CAST(data->>'until_eighteen' AS BOOLEAN) AS until_eighteen
    FROM fact WHERE type = 'placement.started'
    ORDER BY subject, data->>'placement', time
)
SELECT
    start.*,
    least(ended, lead(started) OVER (PARTITION BY subject ORDER BY started)) AS ended
FROM start LEFT JOIN ending USING (subject, placement);

-- Reviews within a period of care, one a day, numbered; one on a day outside any, as during short breaks, has
-- no period.
CREATE VIEW care_review AS
SELECT
    review.subject, review.day AS held, review.locality, period, care_period.day AS entered,
    row_number() OVER (PARTITION BY review.subject, period ORDER BY time) AS number,
    lag(review.day) OVER (PARTITION BY review.subject, period ORDER BY time) AS held_before
FROM (
    SELECT DISTINCT ON (subject, day) * FROM fact WHERE type = 'care_review.held'
    ORDER BY subject, day, time
) AS review
LEFT JOIN care_period
    ON care_period.subject = review.subject AND NOT short_breaks
    AND review.day >= care_period.day AND (ended_on IS NULL OR review.day <= ended_on)
    AND under_eighteen(review.subject, review.day);

-- --- Missing -----------------------------------------------------------------------------------

CREATE VIEW missing_episode AS
WITH ending AS (
    SELECT subject, data->>'episode' AS episode, min(time) AS found
    FROM fact WHERE type = 'missing_episode.ended' GROUP BY ALL
),
start AS (
    SELECT DISTINCT ON (subject, data->>'episode')
        subject, data->>'episode' AS episode, time AS began, day, locality
    FROM fact WHERE type = 'missing_episode.started' AND (data->>'category') = 'M'
    ORDER BY subject, data->>'episode', time
)
SELECT start.*, found FROM start LEFT JOIN ending USING (subject, episode);

-- An interview before the child was found is none.
CREATE VIEW return_interview_of AS
SELECT
    missing_episode.subject, episode, bool_or((data->>'outcome') = 'held') AS held,
    bool_or((data->>'outcome') = 'refused') AS refused
FROM fact JOIN missing_episode
    ON fact.subject = missing_episode.subject AND (data->>'episode') = episode AND time >= found
WHERE type = 'return_interview.recorded' GROUP BY ALL;

-- --- Workers -----------------------------------------------------------------------------------

CREATE VIEW worker AS
SELECT
    subject, arg_max(CAST(data->>'fte' AS DOUBLE), time) AS fte,
    arg_max(team, time) AS team, arg_max(locality, time) AS locality
FROM fact WHERE type = 'worker.recorded'
    AND subject NOT IN (SELECT subject FROM fact WHERE type = 'worker.left')
GROUP BY subject;

CREATE VIEW allocation AS
WITH ending AS (
    SELECT subject, data->>'allocation' AS allocation
    FROM fact WHERE type = 'allocation.ended'
)
SELECT subject AS child, data->>'allocation' AS allocation, 'worker:' || (data->>'worker') AS worker
FROM fact
WHERE type = 'allocation.started'
    AND (subject, data->>'allocation') NOT IN (SELECT (subject, allocation) FROM ending);

-- --- What is taken for granted above: each of these is empty ------------------------------------

CREATE VIEW correction_too_deep AS
SELECT later.id
FROM correction AS later
JOIN correction AS earlier ON earlier.source = later.source AND earlier.id = later.of_id
WHERE (later.type, earlier.type) <> ('record.voided', 'record.amended')
    OR (later.source, later.id) IN (SELECT (source, of_id) FROM correction);

CREATE VIEW corrections_at_one_instant AS
SELECT source, of_id FROM correction GROUP BY source, of_id, recordedtime HAVING count(*) > 1;

CREATE VIEW fact_without_a_known_team AS SELECT id FROM record WHERE team IS NULL;

CREATE VIEW two_localities_at_one_instant AS
SELECT subject, time FROM record GROUP BY subject, time HAVING count(DISTINCT locality) > 1;

CREATE VIEW two_plans_at_once AS
SELECT subject FROM plan WHERE ended IS NULL GROUP BY subject HAVING count(*) > 1;

CREATE VIEW two_periods_of_care_at_once AS
SELECT subject FROM care_period WHERE ended IS NULL GROUP BY subject HAVING count(*) > 1;
