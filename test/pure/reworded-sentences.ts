/**
 * Sentences over the demo shop's documents in words of a person who has read them and puts them aside: the hard case for
 * rules that compare words. Written before anything was tuned on them; `wrong` ones say what the document does not.
 */
export const rewordedSentences: readonly { document: string; right: string[]; wrong: string[] }[] = [
  {
    document: 'returns',
    right: [
      'You have a month, 30 days to be exact, from the day the parcel reached you, and nobody will ask you why you are sending it back.',
      "Beans are the one exception: once the bag is open we can't take it back.",
      'Because your machine has already made coffee, €35 for cleaning comes off the amount you get back.',
      'If what you received is faulty or simply the wrong thing, sending it back costs you nothing.',
      'The label should be in your inbox by tomorrow, or the next working day at the latest (it takes up to 1 business day).',
    ],
    wrong: [
      'Because your machine has already made coffee, €35 for cleaning is added to the amount you get back.',
      'Beans can come back too, even if the bag has been opened.',
      'If what you received is faulty, you pay for sending it back.',
      'You have to give us a reason when you return something within 30 days.',
    ],
  },
  {
    document: 'refunds',
    right: [
      'Expect the money no later than 5 business days after your parcel gets to our warehouse; banks sometimes add 3 more before you can see it.',
      "We'll drop you an e-mail the day it goes out.",
      'Standard shipping is only paid back if everything in the order comes back to us.',
      'No worries if your old card is no longer valid: your bank passes the money on to its successor.',
    ],
    wrong: [
      'Standard shipping is paid back even if you keep a part of the order.',
      'Express delivery is refunded in every case.',
      'If your old card has expired, your bank keeps the refund.',
    ],
  },
  {
    document: 'tracking',
    right: [
      'Give it up to half a day: a fresh tracking link may stay empty for the first 12 hours.',
      'There is no need to call the carrier, we do that for you.',
      'Should the parcel really be gone, it is up to you whether we ship it again or pay everything back.',
      'Please tell us within two weeks, that is 14 days after the date in the tracking, if it says delivered but you have nothing.',
    ],
    wrong: [
      'You have to contact the carrier yourself before we start a trace.',
      'If the parcel is lost, you pay for the new delivery.',
      'We never ask the carrier for a photo of the delivery.',
    ],
  },
  {
    document: 'complaints',
    right: [
      'The same person looks after your complaint from start to finish, under a number of its own.',
      "You'll normally have a solution in 10 business days, and a first reply in 2.",
    ],
    wrong: ['Nobody reads messages about how our team behaved.', 'After the second look you cannot take the case anywhere.'],
  },
  {
    document: 'crema-points',
    right: [
      'For each euro of goods you collect one point, while Bean Post gives you two.',
      'They show up two weeks after your parcel: points are credited 14 days after delivery.',
      'Once points have lapsed there is nothing we can do to bring them back.',
      'With 300 points you would save €15, as every 100 are worth €5.',
      'You placed the order as a guest? Open an account with that same address within 30 days and the points are yours.',
    ],
    wrong: [
      'Once points have lapsed we can bring them back.',
      'Points can be used together with the purchase of a gift card.',
      'You collect points on delivery costs as well.',
    ],
  },
  {
    document: 'repairs',
    right: [
      'Just fill out the repair form on https://brindlecup.example/repairs and you will receive a label.',
      'Nothing is repaired before you have seen a quote.',
      'As your warranty has run out, finding the fault is €45.00, which we subtract from the bill if you go ahead.',
      'Not going ahead? Then you choose: back to you for €15.00, or we recycle it for nothing.',
      'Customers with a Care Plan do not pay for the loan machine.',
    ],
    wrong: [
      'The diagnosis costs €45.00 on top of the bill when you have the machine repaired.',
      'We sometimes repair the machine before we send an estimate.',
      'Customers with a Care Plan pay €15.00 a week for the loan machine.',
      'During the warranty period the transport box costs €18.00.',
    ],
  },
  {
    document: 'customs',
    right: [
      "Since your order is worth less than £135, British VAT is already in the price and there's nothing more to pay.",
      "What the carrier charged you in import VAT has to be reclaimed at your own customs office; it never came to us, so we can't give it back.",
      "There's no duty on a grinder going to Switzerland.",
    ],
    wrong: [
      'We refund import VAT and duty when you return something from Norway.',
      'Duty has to be paid on coffee machines in Switzerland.',
    ],
  },
  {
    document: 'failed-payments',
    right: [
      'Your order isn\'t lost: we hold it for a day (24 hours), and the "Pay again" link in the e-mail lets you use another card.',
      'That second booking is most likely just a hold, and it should vanish by itself within 7 days.',
      'Please hide the card number when you send us the picture of your statement.',
    ],
    wrong: ['That second booking is a payment that we keep.', 'An order with a failed payment is cancelled at once.'],
  },
  {
    document: 'refurbished-and-trade-in',
    right: [
      "It doesn't matter how worn your old machine is, so long as nothing is missing.",
      "Sadly we don't take kettles or grinders in exchange right now.",
      'You save between 20% and 30% with a refurbished machine, and its warranty is one year (12 months).',
    ],
    wrong: ['The value depends on how worn your old machine is.', 'You can also trade in your kettle.'],
  },
  {
    document: 'click-and-collect',
    right: [
      'Picking up your order in Rotterdam is free, and most orders are ready within 3 hours.',
      'A friend can pick it up for you if they have the collection code.',
      "We're closed on Sundays and Mondays.",
      'Cards only, please: cash is not accepted at the shop.',
    ],
    wrong: ['We accept cash at the shop.', 'Nobody else can pick up the order for you.', 'The shop is open on Sundays.'],
  },
];
