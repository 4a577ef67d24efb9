/** Names of simulated customers; who bears one is chance. */
export const FIRST_NAMES: Readonly<Record<'Male' | 'Female', readonly string[]>> = {
  Male: ['Adam', 'Ahmed', 'Carlos', 'Daniel', 'Hassan', 'Ivan', 'Jonas', 'Khaled', 'Liam', 'Omar', 'Pavel', 'Yusuf'],
  Female: ['Aisha', 'Anna', 'Carla', 'Dina', 'Elena', 'Fatima', 'Grace', 'Huda', 'Leila', 'Maria', 'Noor', 'Sofia'],
};

export const LAST_NAMES: readonly string[] = [
  'Abbas',
  'Becker',
  'Costa',
  'Dubois',
  'Evans',
  'Farouk',
  'Garcia',
  'Haddad',
  'Ivanova',
  'Jensen',
  'Kowalski',
  'Larsen',
  'Mansour',
  'Novak',
  'Okafor',
  'Petrov',
  'Rossi',
  'Saleh',
  'Tanaka',
  'Weber',
];
