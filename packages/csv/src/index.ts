export { BAD, CsvScanner, fieldText, type Found, MORE, RECORD } from './csv-scanner.ts';
