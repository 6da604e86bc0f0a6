"""Functions that formulas compile to: each gives NULL instead of failing, so that no formula fails a list."""

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


def upgrade() -> None:
    run_script(DAYS)
    run_script(NUMBERS)
    run_script(GATHERED)
    run_script(STORED)
