"""Functions that formulas compile to: each gives NULL instead of failing, so that no formula fails a list."""

from banyan.db.formula_texts import CHINESE, TEXTS
from banyan.db.migrations.scripts import run_script

revision = "0002_formulas"
down_revision = "0001_control"
branch_labels = None
depends_on = None

# Years 1 to 9999: what every client can show.
DAYS = """
CREATE FUNCTION control.fx_add_days(day date, days numeric) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE WHEN abs(days) < 4000000
    AND (day - date '0001-01-01') + trunc(days) BETWEEN 0 AND 3652058
    THEN day + trunc(days)::integer END
$$;

CREATE FUNCTION control.fx_add_time(moment timestamptz, days numeric) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE WHEN abs(days) < 4000000
    AND extract(epoch FROM moment) + days * 86400 BETWEEN -62135596800 AND 253402300799
    THEN moment + make_interval(secs => (days * 86400)::double precision) END
$$;
"""

NUMBERS = """
CREATE FUNCTION control.fx_power(base numeric, exponent numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
BEGIN
  IF base = 0 THEN
    RETURN CASE WHEN exponent > 0 THEN 0 WHEN exponent = 0 THEN 1 END;
  ELSIF base < 0 AND exponent <> trunc(exponent) OR abs(exponent) > 10000 THEN
    RETURN NULL;
  ELSIF abs(exponent * ln(abs(base))) > 100 THEN
    RETURN NULL;
  END IF;
  RETURN round(power(base, exponent), 20);
EXCEPTION WHEN numeric_value_out_of_range OR invalid_argument_for_power_function THEN
  RETURN NULL;
END
$$;
"""


GATHERED = """
CREATE FUNCTION control.fx_sum(VARIADIC parts numeric[]) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT sum(part) FROM unnest(parts) AS part $$;

CREATE FUNCTION control.fx_average(VARIADIC parts numeric[]) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT round(avg(part), 20) FROM unnest(parts) AS part $$;
"""

# What a column of a computed number holds: rounded, below 10^18.
STORED = """
CREATE FUNCTION control.fx_fit(value numeric, scale integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT CASE WHEN abs(value) < 1e18 THEN round(value, scale) END $$;

CREATE FUNCTION control.fx_too_large(value numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT CASE WHEN abs(value) >= 1e18 THEN 'out_of_range' END $$;

CREATE FUNCTION control.fx_too_long(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT CASE WHEN length(value) > 4000 THEN 'text_too_long' END $$;
"""


MATHS = """
CREATE FUNCTION control.fx_int(value numeric) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT least(greatest(trunc(value), -1000000), 1000000)::integer $$;

CREATE FUNCTION control.fx_round(value numeric, places numeric, way integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE
    WHEN abs(places) > 20 OR abs(value) >= 1e40 THEN NULL
    WHEN way = 0 THEN round(value, places::integer)
    WHEN way < 0 THEN trunc(value, places::integer)
    WHEN trunc(value, places::integer) = value THEN value
    ELSE trunc(value, places::integer) + sign(value) * power(10::numeric, -trunc(places)) END
$$;

CREATE FUNCTION control.fx_step(value numeric, step numeric, way integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE WHEN abs(value) >= 1e40 OR abs(step) NOT BETWEEN 1e-12 AND 1e18 THEN NULL
    WHEN way = 0 THEN round(value / abs(step)) * abs(step)
    WHEN way < 0 THEN floor(round(value / abs(step), 20)) * abs(step)
    ELSE ceil(round(value / abs(step), 20)) * abs(step) END
$$;

CREATE FUNCTION control.fx_sqrt(value numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT CASE WHEN value >= 0 AND value < 1e40 THEN round(sqrt(round(value, 40)), 20) END $$;

CREATE FUNCTION control.fx_exp(value numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT CASE WHEN abs(value) <= 80 THEN round(exp(value), 20) END $$;

CREATE FUNCTION control.fx_log(value numeric, base numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE WHEN value > 1e-30 AND value < 1e40 AND base > 1e-12 AND base < 1e18 AND base <> 1
    THEN round(round(ln(value), 40) / round(ln(base), 40), 20) END
$$;

CREATE FUNCTION control.fx_ln(value numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT CASE WHEN value > 1e-30 AND value < 1e40 THEN round(ln(value), 20) END $$;

CREATE FUNCTION control.fx_mod(value numeric, by numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE WHEN by = 0 THEN NULL
    WHEN mod(value, by) <> 0 AND sign(mod(value, by)) <> sign(by) THEN mod(value, by) + by
    ELSE mod(value, by) END
$$;

CREATE FUNCTION control.fx_gcd(a numeric, b numeric, multiple boolean) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE WHEN abs(a) >= 1e18 OR abs(b) >= 1e18 OR a <> trunc(a) OR b <> trunc(b) THEN NULL
    WHEN multiple THEN lcm(a, b) ELSE gcd(a, b) END
$$;

CREATE FUNCTION control.fx_factorial(value numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT CASE WHEN value BETWEEN 0 AND 27 THEN factorial(trunc(value)::bigint) END $$;

CREATE FUNCTION control.fx_median(VARIADIC parts numeric[]) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  WITH ordered AS (
    SELECT part, row_number() OVER (ORDER BY part) AS place, count(*) OVER () AS total
    FROM unnest(parts) AS part WHERE part IS NOT NULL
  ) SELECT round(avg(part), 20) FROM ordered WHERE place IN ((total + 1) / 2, (total + 2) / 2)
$$;

CREATE FUNCTION control.fx_payment(rate numeric, times numeric, amount numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE WHEN times < 1 OR times > 1200 OR rate < 0 OR rate > 1 OR abs(amount) >= 1e18 THEN NULL
    WHEN rate = 0 THEN round(amount / trunc(times), 2)
    ELSE round(amount * rate / (1 - power(1 + round(rate, 12), -trunc(times))), 2) END
$$;
"""

CALENDAR = """
CREATE FUNCTION control.fx_date(year numeric, month numeric, day numeric) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
BEGIN
  IF year < 1 OR year >= 10000 OR month < 1 OR month >= 13 OR day < 1 OR day >= 32 THEN
    RETURN NULL;
  END IF;
  RETURN make_date(trunc(year)::integer, trunc(month)::integer, trunc(day)::integer);
EXCEPTION WHEN datetime_field_overflow THEN
  RETURN NULL;
END
$$;

CREATE FUNCTION control.fx_date_text(value text) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  found text[] := regexp_match(btrim(control.fx_halfwidth(value)),
    '^([0-9]{4})(?:[-/.年])([0-9]{1,2})(?:[-/.月])([0-9]{1,2})日?$');
BEGIN
  found := coalesce(found, regexp_match(btrim(value), '^([0-9]{4})([0-9]{2})([0-9]{2})$'));
  RETURN control.fx_date(found[1]::numeric, found[2]::numeric, found[3]::numeric);
END
$$;

CREATE FUNCTION control.fx_add_months(day date, months numeric) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE WHEN abs(months) < 120000
    AND extract(year FROM day) * 12 + extract(month FROM day) - 1 + trunc(months) BETWEEN 12 AND 119999
    THEN (day + make_interval(months => trunc(months)::integer))::date END
$$;

CREATE FUNCTION control.fx_add(moment timestamp, amount numeric, unit text) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  added timestamp;
BEGIN
  IF abs(amount) >= 1000000000 THEN
    RETURN NULL;
  END IF;
  added := CASE lower(rtrim(unit, 'sS'))
    WHEN 'minute' THEN moment + make_interval(secs => (amount * 60)::double precision)
    WHEN 'hour' THEN moment + make_interval(secs => (amount * 3600)::double precision)
    WHEN 'day' THEN moment + make_interval(days => trunc(amount)::integer)
    WHEN 'week' THEN moment + make_interval(days => (trunc(amount) * 7)::integer)
    WHEN 'month' THEN moment + make_interval(months => trunc(amount)::integer)
    WHEN 'quarter' THEN moment + make_interval(months => (trunc(amount) * 3)::integer)
    WHEN 'year' THEN moment + make_interval(years => trunc(amount)::integer) END;
  RETURN CASE WHEN added >= timestamp '0001-01-01' AND added < timestamp '10000-01-01' THEN added END;
EXCEPTION WHEN datetime_field_overflow OR numeric_value_out_of_range OR interval_field_overflow THEN
  RETURN NULL;
END
$$;

CREATE FUNCTION control.fx_between(first timestamp, last timestamp, unit text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE upper(unit)
    WHEN 'D' THEN (last::date - first::date)::numeric
    WHEN 'W' THEN trunc((last::date - first::date) / 7.0)
    WHEN 'H' THEN trunc(extract(epoch FROM last - first) / 3600)
    WHEN 'MI' THEN trunc(extract(epoch FROM last - first) / 60)
    WHEN 'M' THEN extract(year FROM age(last, first)) * 12 + extract(month FROM age(last, first))
    WHEN 'Y' THEN extract(year FROM age(last, first))
    WHEN 'YM' THEN extract(month FROM age(last, first))
    WHEN 'MD' THEN extract(day FROM age(last, first)) END
$$;

CREATE FUNCTION control.fx_is_working(day date, week smallint[], working date[], off date[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE WHEN day = ANY(working) THEN true WHEN day = ANY(off) THEN false
    ELSE extract(isodow FROM day)::smallint = ANY(week) END
$$;

CREATE FUNCTION control.fx_working_days(first date, last date, week smallint[], working date[], off date[])
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  low date := least(first, last);
  high date := greatest(first, last);
  total integer := ((high - low + 1) / 7) * cardinality(week);
BEGIN
  FOR i IN 0..mod(high - low + 1, 7) - 1 LOOP
    total := total + (extract(isodow FROM low + i)::smallint = ANY(week))::integer;
  END LOOP;
  total := total
    + (SELECT count(*) FROM unnest(working) AS d
       WHERE d BETWEEN low AND high AND NOT extract(isodow FROM d)::smallint = ANY(week))
    - (SELECT count(*) FROM unnest(off) AS d
       WHERE d BETWEEN low AND high AND extract(isodow FROM d)::smallint = ANY(week));
  RETURN CASE WHEN first > last THEN -total ELSE total END;
END
$$;

CREATE FUNCTION control.fx_working_day(first date, days numeric, week smallint[], working date[], off date[])
RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  rest integer;
  day date := first;
  step integer := sign(days);
BEGIN
  IF abs(days) > 2000 THEN
    RETURN NULL;
  END IF;
  rest := abs(trunc(days));
  FOR i IN 1..15000 LOOP
    EXIT WHEN rest = 0;
    day := control.fx_add_days(day, step);
    IF day IS NULL THEN
      RETURN NULL;
    END IF;
    rest := rest - control.fx_is_working(day, week, working, off)::integer;
  END LOOP;
  RETURN CASE WHEN rest = 0 THEN day END;
END
$$;
"""


def upgrade() -> None:
    for script in (DAYS, NUMBERS, GATHERED, STORED, MATHS, TEXTS, CALENDAR, CHINESE):
        run_script(script)
