"""Who is signed in with a token, asked within other statements (ADR 28)."""

from banyan.db.migrations.scripts import run_script

revision = "0024_session_proof"
down_revision = "0023_advisor"
branch_labels = None
depends_on = None

FUNCTION = """
-- A function keeps the plan of its question, whatever statement it is asked in. NULL: nobody is signed in so. Else, in
-- this order: person, language, version of the policies, whether it was last seen over a minute ago, id of the session,
-- whether powers are withheld, who looks through the person's eyes.
CREATE FUNCTION session_proof(hash bytea, idle_days integer) RETURNS text
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
  said text;
  looker uuid;
BEGIN
  SELECT json_build_array(s.user_id, c.language, (SELECT v.version FROM policy_version v),
      s.last_seen_at < now() - interval '1 minute', s.id, s.powers_withheld, s.real_user_id)::text, s.real_user_id
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
