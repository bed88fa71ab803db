// Rounding as Python, numpy and IEEE 754 do it: a half goes to the even number. `Math.round` takes it up.

export function rounded(number) {
  const down = Math.floor(number), rest = number - down;
  return rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1;
}
