/**
 * Formatters of the browser, made once per language and options: making one costs a hundred times what using it does, and
 * a list of 80 rows asked for several hundred at every step of a scroll.
 */
const numbers = new Map<string, Intl.NumberFormat>();
const moments = new Map<string, Intl.DateTimeFormat>();

function kept<F, O>(known: Map<string, F>, language: string, options: O, make: (language: string, options: O) => F): F {
  const key = language + JSON.stringify(options);
  let found = known.get(key);
  if (!found) known.set(key, (found = make(language, options)));
  return found;
}

/** Throws a RangeError for options that the browser does not know, such as a currency that is none. */
export const numberFormat = (language: string, options: Intl.NumberFormatOptions) => kept(numbers, language, options, (...given) => new Intl.NumberFormat(...given));
export const momentFormat = (language: string, options: Intl.DateTimeFormatOptions) => kept(moments, language, options, (...given) => new Intl.DateTimeFormat(...given));
