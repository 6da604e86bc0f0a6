"""What is proven of a session says at which catalog, too: with several web processes none answers from an older one."""

from banyan.db.migrations.scripts import run_script

revision = "0025_session_proof_catalog"
down_revision = "0024_session_proof"
branch_labels = None
depends_on = None

FUNCTION = """
-- As before (0024); the last part is the version of the catalog.
CREATE OR REPLACE FUNCTION session_proof(hash bytea, idle_days integer) RETURNS text
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
  said text;
  looker uuid;
BEGIN
  SELECT json_build_array(s.user_id, c.language, (SELECT v.version FROM policy_version v),
      s.last_seen_at < now() - interval '1 minute', s.id, s.powers_withheld, s.real_user_id,
      (SELECT m.version FROM meta_version m))::text, s.real_user_id
    INTO said, looker
    FROM session s JOIN credential c ON c.user_id = s.user_id
    WHERE s.token_hash = hash AND s.expires_at > now() AND s.last_seen_at > now() - make_interval(days => idle_days)
      AND c.state = 'active'
      -- A person whose record is in the trash is out at once.
      AND EXISTS (SELECT 1 FROM r_user u WHERE u.id = s.user_id AND u.deleted_at IS NULL);
  -- So is whoever looks through their eyes and has left.
  IF looker IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credential c JOIN r_user u ON u.id = c.user_id
      WHERE c.user_id = looker AND c.state = 'active' AND u.deleted_at IS NULL) THEN
    RETURN NULL;
  END IF;
  RETURN said;
END $$;
"""


def upgrade() -> None:
    run_script(FUNCTION)
