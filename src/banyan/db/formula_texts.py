"""SQL functions of formulas over texts, Chinese numbers and identity cards; made by control revision 0002."""

_HALF = "E'" + "".join(f"\\u{code:04X}" for code in (0x20, *range(0x21, 0x7F))) + "'"
_FULL = "E'" + "".join(f"\\u{code:04X}" for code in (0x3000, *range(0xFF01, 0xFF5F))) + "'"

TEXTS = """
CREATE FUNCTION control.fx_repeat(value text, times numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE WHEN times >= 0 AND length(value) * least(trunc(times), 1000000) <= 4000
    THEN repeat(value, control.fx_int(times)) END
$$;

CREATE FUNCTION control.fx_pad(value text, width numeric, fill text, before boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE WHEN width > 4000 THEN NULL
    WHEN length(value) >= width THEN value
    WHEN before THEN lpad(value, control.fx_int(width), fill)
    ELSE rpad(value, control.fx_int(width), fill) END
$$;

CREATE FUNCTION control.fx_replace(value text, old text, new text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE WHEN old = '' THEN value
    WHEN length(value)::bigint * greatest(1, (length(new) + length(old) - 1) / length(old)) <= 1000000
    THEN replace(value, old, new) END
$$;

CREATE FUNCTION control.fx_char(code numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT CASE WHEN code >= 1 AND code < 1114112 AND trunc(code) NOT BETWEEN 55296 AND 57343
    THEN chr(trunc(code)::integer) END
$$;

CREATE FUNCTION control.fx_halfwidth(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT translate(value, @FULL@, @HALF@) $$;

CREATE FUNCTION control.fx_fullwidth(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT translate(value, @HALF@, @FULL@) $$;

CREATE FUNCTION control.fx_number(value text) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  plain text := translate(btrim(control.fx_halfwidth(value)), ', ', '');
BEGIN
  IF plain ~ '^[+-]?([0-9]{1,18}([.][0-9]{0,20})?|[.][0-9]{1,20})$' THEN
    RETURN plain::numeric;
  ELSIF plain ~ '^[+-]?([0-9]{1,18}([.][0-9]{0,20})?|[.][0-9]{1,20})%$' THEN
    RETURN rtrim(plain, '%')::numeric * 0.01;
  END IF;
  RETURN NULL;
END
$$;

CREATE FUNCTION control.fx_format_number(value numeric, format text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  picture text := substring(format FROM '[#0,]*[#0][#0,]*(?:[.][#0]*)?%?');
  decimals text := coalesce(substring(picture FROM '[.]([#0]*)'), '');
  fixed integer := length(rtrim(decimals, '#'));
  number numeric;
  whole text;
  rest text;
BEGIN
  IF picture IS NULL OR length(format) > 60 OR length(decimals) > 20 OR abs(value) >= 1e30 THEN
    RETURN NULL;
  END IF;
  number := round(value * CASE WHEN picture LIKE '%\\%' THEN 100 ELSE 1 END, length(decimals));
  whole := lpad(trunc(abs(number))::text,
    greatest(length(trunc(abs(number))::text), length(translate(split_part(picture, '.', 1), ',#%', ''))), '0');
  IF picture LIKE '%,%' THEN
    whole := ltrim(reverse(regexp_replace(reverse(whole), '([0-9]{3})', '\\1,', 'g')), ',');
  END IF;
  rest := split_part(abs(number)::text, '.', 2);
  WHILE length(rest) > fixed AND rest LIKE '%0' LOOP
    rest := left(rest, -1);
  END LOOP;
  RETURN replace(format, picture, CASE WHEN number < 0 THEN '-' ELSE '' END || whole
    || CASE WHEN rest = '' THEN '' ELSE '.' || rest END || CASE WHEN picture LIKE '%\\%' THEN '%' ELSE '' END);
END
$$;

CREATE FUNCTION control.fx_format_time(value timestamp, format text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  part text;
  written text := '';
BEGIN
  IF length(format) > 60 THEN
    RETURN NULL;
  END IF;
  FOR part IN SELECT m[1] FROM regexp_matches(format,
    '(YYYY|yyyy|YY|yy|MI|MM|M|DD|dd|D|d|HH|hh|H|h|SS|ss|Q|W|.)', 'g') AS m LOOP
    written := written || CASE upper(part)
      WHEN 'YYYY' THEN to_char(value, 'YYYY') WHEN 'YY' THEN to_char(value, 'YY')
      WHEN 'MM' THEN to_char(value, 'MM') WHEN 'M' THEN to_char(value, 'FMMM')
      WHEN 'DD' THEN to_char(value, 'DD') WHEN 'D' THEN to_char(value, 'FMDD')
      WHEN 'HH' THEN to_char(value, 'HH24') WHEN 'H' THEN to_char(value, 'FMHH24')
      WHEN 'MI' THEN to_char(value, 'MI') WHEN 'SS' THEN to_char(value, 'SS')
      WHEN 'Q' THEN to_char(value, 'Q')
      WHEN 'W' THEN substr('一二三四五六日', extract(isodow FROM value)::integer, 1)
      ELSE part END;
  END LOOP;
  RETURN written;
END
$$;
""".replace("@FULL@", _FULL).replace("@HALF@", _HALF)

CHINESE = """
CREATE FUNCTION control.fx_cn_number(value numeric, digits text, units text, groups text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  whole text := trunc(abs(value))::text;
  written text := '';
  four text;
  part text;
  digit integer;
  gap boolean := false;
BEGIN
  IF length(whole) > 16 THEN
    RETURN NULL;
  END IF;
  whole := lpad(whole, 16, '0');
  FOR g IN 0..3 LOOP
    four := substr(whole, g * 4 + 1, 4);
    part := '';
    FOR i IN 1..4 LOOP
      digit := substr(four, i, 1)::integer;
      IF digit = 0 THEN
        gap := gap OR (written || part) <> '';
      ELSE
        IF gap THEN
          part := part || substr(digits, 1, 1);
        END IF;
        gap := false;
        part := part || substr(digits, digit + 1, 1) || CASE WHEN i < 4 THEN substr(units, 4 - i, 1) ELSE '' END;
      END IF;
    END LOOP;
    IF four <> '0000' THEN
      written := written || part || groups[g + 1];
    END IF;
  END LOOP;
  RETURN CASE WHEN written = '' THEN substr(digits, 1, 1) ELSE written END;
END
$$;

CREATE FUNCTION control.fx_cn(value numeric) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  rest text := rtrim(split_part(round(abs(value), 12)::text, '.', 2), '0');
  written text := control.fx_cn_number(value, '〇一二三四五六七八九', '十百千', ARRAY['万亿', '亿', '万', '']);
BEGIN
  written := regexp_replace(replace(written, '〇', '零'), '^一十', '十');
  IF rest <> '' THEN
    written := written || '点' || translate(rest, '0123456789', '零一二三四五六七八九');
  END IF;
  RETURN CASE WHEN value < 0 THEN '负' ELSE '' END || written;
END
$$;

CREATE FUNCTION control.fx_rmb(value numeric) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  amount numeric := round(abs(value), 2);
  cents integer;
  whole text;
  written text;
BEGIN
  IF amount >= 1e16 THEN
    RETURN NULL;
  END IF;
  cents := mod(amount * 100, 100)::integer;
  whole := control.fx_cn_number(trunc(amount), '零壹贰叁肆伍陆柒捌玖', '拾佰仟', ARRAY['万亿', '亿', '万', '']);
  written := CASE WHEN trunc(amount) = 0 AND cents > 0 THEN '' ELSE whole || '元' END;
  IF cents = 0 THEN
    written := written || '整';
  ELSE
    IF cents / 10 > 0 THEN
      written := written || substr('零壹贰叁肆伍陆柒捌玖', cents / 10 + 1, 1) || '角';
    ELSIF written <> '' THEN
      written := written || '零';
    END IF;
    written := written || CASE WHEN mod(cents, 10) > 0
      THEN substr('零壹贰叁肆伍陆柒捌玖', mod(cents, 10) + 1, 1) || '分' ELSE '整' END;
  END IF;
  RETURN CASE WHEN value < 0 AND amount > 0 THEN '负' ELSE '' END || written;
END
$$;

CREATE FUNCTION control.fx_id_card(value text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog
AS $$
DECLARE
  card text := upper(btrim(control.fx_halfwidth(value)));
  total integer := 0;
BEGIN
  IF card !~ '^[1-9][0-9]{16}[0-9X]$' OR control.fx_date(
    substr(card, 7, 4)::numeric, substr(card, 11, 2)::numeric, substr(card, 13, 2)::numeric) IS NULL THEN
    RETURN NULL;
  END IF;
  FOR i IN 1..17 LOOP
    total := total + substr(card, i, 1)::integer * (ARRAY[7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2])[i];
  END LOOP;
  RETURN CASE WHEN substr('10X98765432', mod(total, 11) + 1, 1) = right(card, 1) THEN card END;
END
$$;
"""
