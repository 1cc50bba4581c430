import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDates } from './dates.ts';
import { findMoney } from './money.ts';
import { findReferences } from './references.ts';

const money = (text: string) => findMoney(text).map(({ amount, currency }) => `${amount} ${currency ?? '?'}`);
const dates = (text: string, monthFirst = false) =>
  findDates(text, monthFirst).map(({ date, text: written }) => date ?? written);

test('amounts are read in every notation', () => {
  assert.deepEqual(money('$1,299.50 or 1.299,50 € or EUR 12 or 1 188.00 USD'), [
    '1299.50 USD',
    '1299.50 EUR',
    '12.00 EUR',
    '1188.00 USD',
  ]);
  assert.deepEqual(money('15 bucks, 20 quid, 7,5 Franken, 3 pesos'), [
    '15.00 USD',
    '20.00 GBP',
    '7.50 CHF',
    '3.00 MXN',
  ]);
  assert.deepEqual(money("CHF 1'000.-"), ['1000.00 CHF']);
});

test('two decimals are money even without a currency', () => {
  assert.deepEqual(money('me han cobrado 14,99 en vez de 9.99.'), ['14.99 ?']);
  assert.deepEqual(money('12,99 instead of 9,99'), ['12.99 ?', '9.99 ?']);
});

test('dates, times, shares, versions and counts are no money', () => {
  assert.deepEqual(money('on 02.03.2026 and 02.03. at 18:40, 12.50 % of 38,000 files with v2.10, 14 people'), []);
});

test('an amount named twice counts once', () => assert.deepEqual(money('29,90 € ... 29.90 EUR'), ['29.90 EUR']));

test('dates are read in every notation', () => {
  assert.deepEqual(
    dates('2026-06-30, 20/03/2026, 02.03.2026, March 3rd, 2026, 1 April 2026, 28 de febrero de 2026, 1. Mai 2026'),
    ['2026-06-30', '2026-03-20', '2026-03-02', '2026-03-03', '2026-04-01', '2026-02-28', '2026-05-01'],
  );
});

test('what the text leaves open stays open', () => {
  assert.deepEqual(dates('on 17 February, for january, am 02.03. oder 11/02'), [
    '17 February',
    'january',
    '02.03.',
    '11/02',
  ]);
  assert.deepEqual(dates('you may pay 3 seats'), []);
});

test('day or month first is a matter of the place, unless only one can be', () => {
  assert.deepEqual(dates('03/04/2026'), ['2026-04-03']);
  assert.deepEqual(dates('03/04/2026', true), ['2026-03-04']);
  assert.deepEqual(dates('03/14/2026 and 14/03/2026', true), ['2026-03-14']);
});

test('days that no calendar has are no dates', () => assert.deepEqual(dates('31.02.2026, 2026-13-01, 45/45'), []));

test('references are told apart', () => {
  assert.deepEqual(
    findReferences(
      'INV-20260303, RE-2026-00417, F2026/118, invoice no. 4711; PO 4500017723; ATU12345678; Visa ending in 4242',
    ),
    {
      invoiceNumbers: ['INV-20260303', 'RE-2026-00417', 'F2026/118', '4711'],
      purchaseOrders: ['4500017723'],
      taxIds: ['ATU12345678'],
      cardEndings: ['4242'],
    },
  );
});
