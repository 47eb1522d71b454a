/** static/vendor/csv.js: of Papa Parse what static/js uses. */
interface Parsed {
  data: string[][];
}

interface ParsedRow {
  data: string[];
  errors: { type: string; code: string; message: string; row?: number }[];
  meta: { cursor: number; delimiter: string };
}

interface Options {
  delimiter?: string;
  newline?: string;
  preview?: number;
  step?: (row: ParsedRow, parser: { abort(): void }) => void;
}

export function parse(text: string, options: Options): Parsed;
