/** Given and family names of the demo organisation, combined by seed. */
export const GIVEN_NAMES: readonly string[] = (
  'Amara Anders Aiko Beatriz Björn Camila Carlos Chloe Daniel Deepika Diego Elena Elif Emeka Emma Ewa Fatima Felix Femi ' +
  'Gabriel Giulia Grace Hannah Haruto Hassan Helena Ibrahim Ingrid Isaac Ivana Jakub James Jamal Jasmine Jelena Jonas ' +
  'José Julia Kai Karim Katarina Kwame Laila Lars Leila Liam Lucia Lukas Maeve Magnus Malik Marco Maria Marta Mateo Maya ' +
  'Mei Mikael Mina Nadia Naomi Nikhil Nina Noah Nora Oksana Oliver Omar Paula Pedro Petra Priya Quentin Rahul Raquel ' +
  'Rashid Renata Rohan Rosa Ruth Samira Samuel Sana Sara Sean Selma Shreya Simon Sofia Stefan Sunita Tariq Tatiana Theo ' +
  'Thomas Tomás Ursula Valentina Victor Viktoria Wei William Xavier Yara Yuki Yusuf Zainab Zoe'
).split(' ');

export const FAMILY_NAMES: readonly string[] = (
  'Abbott Adeyemi Ahmed Almeida Andersson Bauer Becker Bennett Bianchi Brooks Campbell Carter Castillo Chen Cohen Costa ' +
  'Dahl Das Delgado Diallo Dubois Edwards Eriksen Evans Farouk Fernández Fischer Fontaine Foster García Ghosh Graham Gupta ' +
  'Hall Hansen Haddad Hayashi Hernández Hoffmann Hughes Ibáñez Ito Ivanov Jackson Jansen Jensen Johansson Jones Kamara Kaur ' +
  'Keller Khan Kim Kowalski Kumar Larsen Laurent Lee Lewis Li Lindqvist López Lund MacDonald Mancini Martin Mbeki Mehta ' +
  "Meyer Moreau Morgan Müller Murphy Nakamura Ndiaye Nguyen Nielsen Novak O'Brien Okafor Olsen Osei Park Patel Pereira " +
  'Petrov Popescu Quinn Rahman Ramos Reyes Ricci Rossi Russo Sato Schmidt Schneider Silva Singh Smith Suzuki Takahashi ' +
  'Tanaka Taylor Thompson Torres Turner Varga Vasquez Virtanen Wagner Walker Wang Weber White Williams Wilson Wood Wright ' +
  'Yamamoto Yilmaz Young Zhang Zimmermann'
).split(' ');

/** A department, its share of the organisation, and how often its users lack factors. */
export interface Department {
  name: string;
  share: number;
  /** Weight with which non-compliant users are drawn from it. */
  lag: number;
  titles: readonly string[];
}

export const DEPARTMENTS: readonly Department[] = [
  {
    name: 'Engineering',
    share: 26,
    lag: 0.4,
    titles: ['Software Engineer', 'Staff Engineer', 'Engineering Manager', 'QA Engineer'],
  },
  {
    name: 'Operations',
    share: 16,
    lag: 2.6,
    titles: ['Operations Specialist', 'Shift Lead', 'Logistics Planner', 'Site Manager'],
  },
  {
    name: 'Sales',
    share: 15,
    lag: 1.6,
    titles: ['Account Executive', 'Sales Engineer', 'Regional Manager', 'SDR'],
  },
  {
    name: 'Customer Support',
    share: 12,
    lag: 1.8,
    titles: ['Support Agent', 'Support Engineer', 'Team Lead'],
  },
  {
    name: 'Product',
    share: 7,
    lag: 0.6,
    titles: ['Product Manager', 'Product Designer', 'UX Researcher'],
  },
  {
    name: 'Marketing',
    share: 7,
    lag: 1.2,
    titles: ['Content Strategist', 'Campaign Manager', 'Brand Designer'],
  },
  {
    name: 'Finance',
    share: 6,
    lag: 0.8,
    titles: ['Accountant', 'Financial Analyst', 'Controller'],
  },
  {
    name: 'People',
    share: 4,
    lag: 0.9,
    titles: ['People Partner', 'Recruiter', 'Payroll Specialist'],
  },
  {
    name: 'IT',
    share: 4,
    lag: 0.2,
    titles: ['IT Administrator', 'Systems Engineer', 'Service Desk Analyst'],
  },
  { name: 'Legal', share: 3, lag: 0.8, titles: ['Counsel', 'Paralegal', 'Privacy Officer'] },
];
