import type { Level, Traits } from './cluster-traits.ts';

export interface Words {
  readonly name: string;
  readonly advice: string;
}

type Browsing = Record<Level, Words>;

/** By how much they buy, then by how much they look around. */
const WORDS: Readonly<Record<Level | 'none' | 'unknown', Browsing>> = {
  none: {
    high: {
      name: 'Keen visitors who never bought',
      advice:
        'They know the shop well: find out what keeps them from a first order, and make it easy with free delivery.',
    },
    usual: {
      name: 'Visitors who never bought',
      advice: 'Offer a small first order, of what they looked at last.',
    },
    low: {
      name: 'Silent accounts',
      advice: 'Ask once, by mail, what they came for; spend nothing on advertising to them.',
    },
  },
  low: {
    high: {
      name: 'Browsers who seldom buy',
      advice: 'Remind them of what is in the cart, show reviews and the price of delivery early.',
    },
    usual: {
      name: 'Occasional buyers',
      advice: 'Suggest what goes with their last order while it is still in mind.',
    },
    low: {
      name: 'Quiet customers',
      advice: 'Write seldom and with a reason to come back, such as the season or a refill.',
    },
  },
  usual: {
    high: {
      name: 'Engaged customers',
      advice: 'Invite them to the loyalty programme: they are here often, and could buy more often.',
    },
    usual: {
      name: 'Regular customers',
      advice: 'Keep the service as it is, and widen the range they buy from.',
    },
    low: {
      name: 'Buyers who know what they want',
      advice: 'Make buying again quick: order lists, one click, a subscription.',
    },
  },
  high: {
    high: {
      name: 'Enthusiasts',
      advice: 'Thank them, show them new goods first, and ask for reviews and referrals.',
    },
    usual: {
      name: 'Best customers',
      advice: 'Look after them in person: early access, a direct line to service, no discounts they do not need.',
    },
    low: {
      name: 'Best customers who hardly browse',
      advice: 'Make buying again quick, and tell them by mail what they do not look for themselves.',
    },
  },
  unknown: {
    high: {
      name: 'Keen visitors',
      advice: 'Lead them to the goods: clear categories, search that finds, offers in sight.',
    },
    usual: { name: 'Visitors', advice: 'Show what is popular, and ask them to register.' },
    low: { name: 'Rare visitors', advice: 'Give them a reason to come back before spending on anything else.' },
  },
};

interface Addition {
  readonly theme: 'recency' | 'trouble' | 'basket' | 'tenure';
  readonly level: Level;
  readonly words: string;
  readonly advice: string;
}

/** In the order of what matters; a name carries two at most. */
const ADDITIONS: readonly Addition[] = [
  { theme: 'recency', level: 'low', words: 'gone quiet', advice: 'Win them back now, before they are forgotten.' },
  { theme: 'trouble', level: 'high', words: 'many orders undone', advice: 'Look at why they cancel and return.' },
  { theme: 'recency', level: 'high', words: 'active lately', advice: 'Speak to them while they are here.' },
  { theme: 'basket', level: 'high', words: 'large baskets', advice: 'Offer bundles and delivery to the door.' },
  {
    theme: 'basket',
    level: 'low',
    words: 'small baskets',
    advice: 'Set the bar for free delivery just above their basket.',
  },
  { theme: 'tenure', level: 'low', words: 'new', advice: 'Welcome them: the second contact decides.' },
  { theme: 'tenure', level: 'high', words: 'of long standing', advice: 'Mention how long they have been here.' },
];
const MOST_ADDITIONS = 2;

/** `Best customers, gone quiet`, and what to do about them. */
export function clusterWords(traits: Traits): Words {
  const { name, advice } = WORDS[traits.buying ?? 'unknown'][traits.browsing ?? 'usual'];
  // Who neither buys nor looks around is quiet by that name already.
  const isQuiet = traits.browsing === 'low' && (traits.buying === 'none' || traits.buying === 'low');
  const added = ADDITIONS.filter(({ theme, level }) => traits[theme] === level)
    .filter(({ theme }) => !(isQuiet && theme === 'recency'))
    .slice(0, MOST_ADDITIONS);
  return {
    name: [name, ...added.map(({ words }) => words)].join(', '),
    advice: [advice, ...added.map((addition) => addition.advice)].join(' '),
  };
}
