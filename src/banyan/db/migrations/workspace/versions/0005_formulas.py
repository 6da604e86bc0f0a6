"""What formulas read beside records: rates of exchange, the working calendar."""

from banyan.db.migrations.scripts import run_script

revision = "0005_formulas"
down_revision = "0004_audit"
branch_labels = None
depends_on = None

# A rate is what one unit of the currency is worth in the workspace's own, from its day until the next one's.
TABLES = """
CREATE TABLE exchange_rate (
  currency text NOT NULL CONSTRAINT ck_exchange_rate_currency CHECK (currency ~ '^[A-Z]{3}$'),
  day date NOT NULL,
  rate numeric NOT NULL CONSTRAINT ck_exchange_rate_rate CHECK (rate > 0 AND rate < 1e12),
  CONSTRAINT pk_exchange_rate PRIMARY KEY (currency, day)
);

CREATE TABLE calendar_day (
  day date CONSTRAINT pk_calendar_day PRIMARY KEY,
  working boolean NOT NULL,
  label text
);

CREATE TABLE work_week (
  one boolean CONSTRAINT pk_work_week PRIMARY KEY DEFAULT true CONSTRAINT ck_work_week_one CHECK (one),
  days smallint[] NOT NULL DEFAULT '{1,2,3,4,5}'
);
INSERT INTO work_week DEFAULT VALUES;
"""


def upgrade() -> None:
    run_script(TABLES)
