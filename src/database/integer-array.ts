const codeOf = (character: string): number => character.charCodeAt(0);
const [COMMA, MINUS, ZERO, NINE, END] = [codeOf(","), codeOf("-"), codeOf("0"), codeOf("9"), codeOf("}")];

/** Reads an array of integers as PostgreSQL writes it, `{1,-2,NULL}`, in less than half the time of JSON. */
export const integersOf = (text: string): (number | null)[] => {
  const integers: (number | null)[] = [];
  let [amount, sign, digits] = [0, 1, 0];
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      amount = amount * 10 + (code - ZERO);
      digits++;
    } else if (code === MINUS) sign = -1;
    else if ((code === COMMA || code === END) && text.length > 2) {
      integers.push(digits > 0 ? sign * amount : null);
      [amount, sign, digits] = [0, 1, 0];
    }
  }
  return integers;
};
