/**
 * Replies in other words than their sources, written by hand over the demo shop's documents. Each says only what its
 * documents say, and cites them as [1], [2] … in the order named. `wrong`: the same reply with one thing made wrong.
 */
export interface ParaphrasedReply {
  documents: string[];
  asked: string;
  right: string;
  wrong: string[];
}

export const paraphrasedReplies: readonly ParaphrasedReply[] = [
  {
    documents: ['returns', 'refunds'],
    asked:
      'My Kite grinder arrived on 6 November and I have not opened it. How long can I return it and what does the label cost from Portugal?',
    right:
      'Hello Inês,\n\nYou can send your unopened Kite grinder back within 30 days of the day it was delivered, and you get the full amount refunded [1]. From Portugal the return label costs €14.90, which is deducted from your refund [1]. To get started, go to https://brindlecup.example/returns and enter your order number and e-mail address [1].\n\nPlease let us know if you have any other questions.',
    wrong: [
      'Hello Inês,\n\nYou can send your unopened Kite grinder back within 14 days of the day it was delivered, and you get the full amount refunded [2].',
      'From Portugal the return label costs €6.90, which is added to your refund [2].',
      'From Portugal the return label costs €19.40, which is deducted from your refund [1].',
      'To get started, go to https://brindlecup.example/refunds and enter your order number [1].',
    ],
  },
  {
    documents: ['damaged-goods', 'returns'],
    asked: 'The replacement for my damaged Robin Duo arrived and it is damaged too. What do I get?',
    right:
      'I am very sorry that this happened twice.\n\nWhen a replacement is damaged as well, the next one comes with a specialist carrier who unpacks and checks it at your door [1]. Because it is the second damaged delivery, you also receive a €25 voucher for the trouble [1]. You do not have to carry anything: we arrange to collect the damaged machine at your address at no cost to you [1]. Please send photos of the item, the box and the shipping label to help@brindlecup.example within 7 days of delivery [1].',
    wrong: [
      'Because it is the second damaged delivery, you also receive a €50 voucher for the trouble [1].',
      'We arrange to collect the damaged machine at your address for a fee of €25 [1].',
      'Please send photos of the item to support@brindlecup.example within 7 days of delivery [1].',
      'Please send photos of the item to help@brindlecup.example within 7 weeks of delivery [1].',
      'You can switch on a machine that was damaged on the way to you [1].',
    ],
  },
  {
    documents: ['gift-cards', 'discount-codes'],
    asked: 'How long is a gift card valid and can I use several?',
    right:
      'A gift card is valid for 5 years, counted from the day it was bought [1]. You can combine up to 5 gift cards in one order, and whatever is left on a card stays there for later [1]. The one thing you cannot buy with a gift card is another gift card [1].',
    wrong: [
      'A gift card is valid for 3 years, counted from the day it was bought [1].',
      'A gift card is valid for 5 months, counted from the day it was bought [1].',
      'A gift card is valid for 5 years, counted from the day it was first used by its owner in Zurich [1].',
      'You can combine up to 5 gift cards in one order, and whatever is left on a card is lost after that order, as the law of gift vouchers demands [1].',
    ],
  },
  {
    documents: ['shipping-costs', 'delivery-times'],
    asked: 'What does delivery to Switzerland cost and how long does it take?',
    right:
      'Delivery to Switzerland costs €22.50, regardless of the order value, as there is no free delivery threshold for Switzerland [1]. If your order includes the Robin Duo, a heavy parcel surcharge of €12.00 is added [1].',
    wrong: [
      'Delivery to Switzerland costs €24.00, regardless of the order value [1].',
      'Delivery to Norway costs €22.50, as there is no free delivery threshold [1].',
      'If your order includes the Robin Duo, a heavy parcel surcharge of $12.00 is added [1].',
      'If your order includes the Robin Solo, a heavy parcel surcharge of €12.00 is added [1].',
      'Delivery to Switzerland costs €22.50 [2].',
    ],
  },
  {
    documents: ['warranty', 'repairs'],
    asked: 'My Kite Pro motor failed after four years. Is it covered?',
    right:
      'Yes, the motor of the Kite Pro is covered for 5 years, while all other parts have 2 years [1]. We would repair it free of charge, and that includes parts, labour and transport in both directions [1]. To make a claim, please e-mail the order number, the serial number and a short video of the fault to repairs@brindlecup.example [1]. You will get an answer within 2 business days, and the original box is not needed [1].',
    wrong: [
      'Yes, the motor of the Kite Pro is covered for 2 years, while all other parts have 5 years [1].',
      'We would repair it free of charge, but that does not include parts, labour and transport both ways [1].',
      'You will get an answer within 2 weeks, and the original box is not needed [1].',
      'The warranty covers limescale damage when the machine was not descaled as the manual asks [1].',
      'The warranty covers wear parts such as group gaskets, shower screens, burrs and water filters [1].',
    ],
  },
  {
    documents: ['bean-post-pause-cancel', 'bean-post'],
    asked: 'I am travelling for ten weeks. Can I pause Bean Post and will I be charged?',
    right:
      'Yes, you can pause Bean Post for up to 12 weeks, so ten weeks are no problem [1]. While it is paused, nothing is charged [1]. It starts again automatically when the pause ends, and we remind you by e-mail 5 days beforehand [1].\n\nEnjoy your trip!',
    wrong: [
      'Yes, you can pause Bean Post for up to 12 months [1].',
      'While Bean Post is paused, everything is charged as before, including the monthly insurance premium [1].',
      'It starts again automatically when the pause ends, and we remind you by e-mail 15 days beforehand [1].',
      'A delivery can be skipped until Monday at 18:00 [1].',
      'You cannot end Bean Post at any time and without a fee under "End subscription" in your account [1].',
    ],
  },
  {
    documents: ['invoices-and-vat', 'business-accounts'],
    asked: 'We forgot our VAT number at checkout. Can the invoice be corrected?',
    right:
      'Yes, that is possible as long as it happens within 14 days of the invoice date [1]. Please reply to the invoice e-mail with the correct VAT number [1]. If you send the number in time, we refund the VAT [1]. After the 14 days the invoice cannot be changed any more, since it has then been reported to the tax office [1].',
    wrong: [
      'After the 14 days the invoice can still be changed, since it has then been reported to the tax office [1].',
      'Companies in the Netherlands never pay VAT [1].',
      'Machines, grinders and accessories include Dutch VAT of 19% [1].',
      'Coffee beans include Dutch VAT of 21% [1].',
    ],
  },
  {
    documents: ['descaling', 'water'],
    asked: 'After how many months must I descale the Robin Duo and how many ml of Clearwell do I use?',
    right:
      'The Robin Duo should be descaled every 6 months, or twice as often if your water is harder than 12 °dH [1]. Mix 125 ml of Clearwell descaler with 1 litre of water [1]. Please do not use vinegar or citric acid: they damage the seals, and the warranty does not cover that [1]. The whole procedure takes around 40 minutes [1].',
    wrong: [
      'The Robin Duo should be descaled every 3 months [1].',
      'Mix 125 g of Clearwell descaler with 1 litre of water [1].',
      'Mix 125 ml of Clearwell descaler with 10 litres of water [1].',
      'You can use vinegar or citric acid, because they do not damage the seals [1].',
      'The Robin Solo should be descaled every 6 months [1].',
    ],
  },
  {
    documents: ['cancelling-an-order', 'order-changes'],
    asked: 'I want to cancel the order I placed yesterday.',
    right:
      'You can cancel the order yourself at no charge until its status changes to "packing": open Orders in your account and choose "Cancel order" [1]. The money is then returned within 3 business days [1]. Once the order is packed or shipped it can no longer be cancelled, but you may refuse the parcel at the door [1]. In that case we deduct the return delivery cost, €6.90 from the Netherlands, Belgium, Luxembourg and Germany and €14.90 from all other countries [1].',
    wrong: [
      'The money is then returned within 3 calendar days [1].',
      'In that case we deduct the return delivery cost, €14.90 from the Netherlands, Belgium, Luxembourg and Germany and €6.90 from all other countries [1].',
      'Once the order is packed or shipped it can still be cancelled [1].',
      'Roasting days are Tuesday and Thursday [1].',
      'An order that has beans only can be cancelled until 06:30 on the roasting day [1].',
    ],
  },
  {
    documents: ['group-gasket', 'spare-parts'],
    asked: 'Water leaks over the portafilter of my Robin One. What do I need?',
    right:
      'Water running over the edge of the portafilter while brewing usually points to a worn group gasket [1]. For the Robin One you need the 58 mm gasket with a thickness of 8 mm, which costs €6.50 [1]. Before you change it, let the machine cool down for 2 hours and unplug it [1]. Changing it takes about 15 minutes [1]. If it still leaks afterwards, our workshop can change the gasket for €29.00, part included [1].',
    wrong: [
      'For the Robin One you need the 58 mm gasket with a thickness of 8.5 mm [1].',
      'For the Robin Duo you need the 58 mm gasket with a thickness of 8 mm [1].',
      'The group gasket is a wear part and is covered by the warranty [1].',
      'Before you change it, let the machine cool down for 20 minutes and unplug it [1].',
      'If it still leaks afterwards, our workshop can change the gasket for $29.00, part included [1].',
    ],
  },
  {
    documents: ['customs', 'shipping-costs'],
    asked: 'Do I pay VAT on an order of £200 to Leeds?',
    right:
      'Yes. For orders above £135 we do not charge VAT ourselves; the carrier collects VAT of 20% from you before delivery [1]. The carrier also adds a £12 handling fee [1]. Delivery to the United Kingdom costs €19.50 [2].',
    wrong: [
      'The carrier also adds a €12 handling fee [1].',
      'For orders below £135 the carrier collects VAT of 20% from you before delivery [1].',
      'Delivery to the United Kingdom costs €19.50 [1].',
      'We can refund import VAT or duty, because they were paid to us [1].',
      'Swiss VAT of 8.1% is collected by the carrier on orders below CHF 62 [1].',
    ],
  },
  {
    documents: ['failed-payments', 'payment-methods'],
    asked: 'You charged my card twice!',
    right:
      'I am sorry for the worry. The second amount on your statement is usually only a reservation, and your bank releases it within 7 days [1]. If it is still there after that, please send us a picture of the statement without your card number [1]. A payment that really was taken twice is refunded within 2 business days [1].',
    wrong: [
      'A payment that really was taken twice is refunded within 2 months [1].',
      'The second amount on your statement is never a reservation, and your bank releases it within 7 days [1].',
      'If it is still there after that, please send us a picture of the statement with your card number [1].',
      'We have refunded the second amount today [1].',
      'A payment that really was taken twice is refunded within 2 business days [2].',
    ],
  },
  {
    documents: ['de-rueckgabe', 'returns'],
    asked: 'Ich habe mit meiner Robin One schon Kaffee zubereitet. Kann ich sie zurückgeben, und wird etwas abgezogen?',
    right:
      'Guten Tag,\n\nja, auch eine Espressomaschine, mit der Sie schon Kaffee zubereitet haben, können Sie innerhalb von 30 Tagen zurückgeben [1]. Von der Erstattung ziehen wir dann eine Reinigungsgebühr von 35 € ab [1]. Die Rückgabe melden Sie unter https://brindlecup.example/returns mit Bestellnummer und E-Mail-Adresse an [1]. Das Etikett kommt innerhalb von 1 Werktag per E-Mail [1].\n\nMit freundlichen Grüßen',
    wrong: [
      'Von der Erstattung ziehen wir dann eine Reinigungsgebühr von 53 € ab [1].',
      'Das Etikett kommt innerhalb von 3 Werktagen per E-Mail [1].',
      'Eine Espressomaschine, mit der Sie bereits Kaffee zubereitet haben, können Sie nicht innerhalb von 30 Tagen zurückgeben [1].',
      'Geöffnete Packungen mit Kaffeebohnen können wir zurücknehmen, weil sie Lebensmittel sind [1].',
    ],
  },
  {
    documents: ['opening-hours', 'click-and-collect'],
    asked: 'When can I pick up my order in Rotterdam, and until when do I have to order before Christmas in Belgium?',
    right:
      'Our shop in Rotterdam is open from Tuesday to Saturday, 10:00 to 18:00 [2]. Your order is ready within 3 hours if everything is in stock, and we keep it for 7 days [2]. Please bring your order number and an identity document [2]. For delivery to Belgium before Christmas 2026, order by 18 December [1].',
    wrong: [
      'Our shop in Rotterdam is open from Tuesday to Sunday, 10:00 to 18:00 [2].',
      'Our shop in Rotterdam is open from Tuesday to Saturday, 10:00 to 20:00 [2].',
      'For delivery to Belgium before Christmas 2026, order by 28 December [1].',
      'For delivery to Belgium before Christmas 2025, order by 18 December [1].',
      'We accept cash in the shop [2].',
    ],
  },
  {
    documents: ['complaints', 'opening-hours'],
    asked: 'I disagree with the answer to my complaint.',
    right:
      'I understand that you are disappointed. You can ask the head of customer care to take a second look, which takes up to 5 business days [1]. If you still disagree afterwards, you can bring the case to the consumer disputes committee of the Netherlands; a procedure there costs €52.50 [1].',
    wrong: [
      'You can ask the head of customer care to take a second look, which takes at least 5 business days [1].',
      'A procedure there costs €25.50 [1].',
      'Your case has been escalated to our legal department [1].',
      'You can bring the case to the consumer disputes committee of Belgium [1].',
    ],
  },
  {
    documents: ['discount-codes', 'gift-cards'],
    asked: 'My code does not work on a gift card.',
    right:
      'Unfortunately, discount codes are not valid for gift cards, refurbished machines, workshops and the Care Plan [1]. Only one code can be used per order, and it has to be entered before you pay, because we cannot apply it later [1].',
    wrong: [
      'Discount codes apply to gift cards, refurbished machines, workshops and the Care Plan [1].',
      'A discount code can be added after the order was placed [1].',
      'New newsletter readers get a welcome code for 15% off their first order [1].',
      'The welcome code is valid for 60 days and for orders of at most €40 [1].',
    ],
  },
  {
    documents: ['crema-points', 'accounts'],
    asked: 'When do my points expire and what are they worth?',
    right:
      'Your Crema points expire 24 months after they were added to your account, and you get an e-mail 30 days before that happens [1]. 100 points are worth €5, and you can spend them in steps of 100 [1]. Unfortunately, points that have expired cannot be restored [1].',
    wrong: [
      'Your Crema points expire 24 days after they were added to your account [1].',
      '100 points are worth €50, and you can spend them in steps of 100 [1].',
      'Expired Crema points can be restored [1].',
      'Crema points cannot be combined with a discount code, but with a gift card purchase [1].',
    ],
  },
  {
    documents: ['returns', 'shipping-costs', 'gift-cards'],
    asked: 'Can I return opened beans? What is your fax number?',
    right:
      'Opened bags of beans cannot be taken back, because they are food [1]. Bags that are still closed can be returned within 14 days of delivery [1]. I could not find a fax number in the information I have, so a colleague will look into it.\n\nBest wishes',
    wrong: [
      'Opened bags of beans can be taken back, because they are food [1].',
      'Bags that are still closed can be returned within 14 days of purchase [3].',
      'Our fax number is +31 10 555 0134 [1].',
      'A colleague has already refunded your beans.',
    ],
  },
  {
    documents: ['price-promise', 'discount-codes'],
    asked: 'My grinder got cheaper a week after I bought it.',
    right:
      'Good news: if our price drops within 14 days of your purchase, we refund the difference as shop credit [1]. Just send us your order number within those 14 days [1]. The credit stays valid for 12 months [1]. Please note that the price promise does not apply to Black Friday (27 November 2026) or to prices that were lowered by a discount code [1].',
    wrong: [],
  },
  {
    documents: ['pay-in-three', 'payment-methods'],
    asked: 'Can I pay in instalments from Austria?',
    right:
      'Yes. Customers aged 18 or older in Austria can use it, for orders between €150 and €1,500 [1]. The first of the 3 equal instalments is due at checkout, the second after 30 days and the third after 60 days [1]. There is no interest and no set-up fee [1]. If an instalment is still open 14 days after its due date, a late fee of €7.50 applies, but never more than €15 in total per order [1].',
    wrong: [],
  },
  {
    documents: ['repairs', 'warranty', 'care-plan'],
    asked: 'How long does a repair take and can I borrow a machine?',
    right:
      'On average a repair takes 10 business days from the moment the machine arrives in our workshop [1]. Meanwhile you can borrow a machine for €15.00 a week in the Netherlands and Belgium; with a Care Plan it costs you nothing [1][3]. To get started, please fill in the form at https://brindlecup.example/repairs [1]. Please empty the tank and the boiler before packing the machine [1].',
    wrong: [],
  },
  {
    documents: ['tracking', 'delivery-times'],
    asked: 'My parcel has not moved for a week.',
    right:
      'I am sorry about the delay. As there has been no scan for more than 5 business days, we can start a trace with the carrier; you do not need to contact the carrier yourself [1]. Such a trace can take up to 10 business days [1]. If the parcel is not found, you can choose a new delivery or a full refund, and we also refund the delivery cost [1].',
    wrong: [],
  },
  {
    documents: ['voltage-abroad', 'warranty'],
    asked: 'Can a Robin One be used in Canada?',
    right:
      'Unfortunately not: the Robin One is made for 220 to 240 volts and cannot be used in Canada, where the mains supply is 100 to 120 volts [1]. It also cannot be converted, and we advise against using a transformer, since the warranty would not cover the machine then [1].',
    wrong: [],
  },
  {
    documents: ['refurbished-and-trade-in', 'returns'],
    asked: 'What do I get for my old Robin One?',
    right:
      'If you buy a Robin Duo, your old Robin One is worth €90 in shop credit [1]. The condition does not matter as long as the machine is complete [1]. Select "Trade in" at checkout to receive a free label, and send the old machine within 21 days of the delivery of the new one [1]. We pay out the value within 5 business days after it arrives [1].',
    wrong: [],
  },
  {
    documents: ['recall-heron-kettle', 'warranty'],
    asked: 'Is my Heron kettle HK2410 recalled? I have no receipt.',
    right:
      'Yes, serial numbers from HK2409 to HK2412 are part of the recall, so your base HK2410 is affected [1]. Please stop using it immediately and unplug it [1]. Register the serial number at https://brindlecup.example/recall and we will send you a new base within 5 business days, free of charge [1]. A receipt is not needed [1]. If you prefer, you can have a full refund of €89.00 instead; you can decide until 31 December 2026 [1].',
    wrong: [],
  },
  {
    documents: ['workshops', 'opening-hours'],
    asked: 'When is the latte art workshop and what does it cost?',
    right:
      '"Milk and latte art" takes 2 hours and costs €55 per person [1]. Workshops are held at Kadehal 7 in Rotterdam, on Saturdays at 10:00 (in English) and on Thursdays at 18:30 (in Dutch) [1]. You can rebook without a fee up to 48 hours before the start [1].',
    wrong: [],
  },
  {
    documents: ['privacy', 'accounts'],
    asked: 'Please delete my account.',
    right:
      'You can delete your account yourself under Settings and then Privacy; your data is then deleted within 30 days [1]. Please keep in mind that Crema points, shop credit and an active Bean Post end with the account [1]. Invoices have to be kept for 7 years because of Dutch tax law [1].',
    wrong: [],
  },
  {
    documents: ['back-orders', 'order-changes'],
    asked: 'When does the copper Robin Duo arrive?',
    right:
      'The copper Robin Duo is expected back on 4 January 2027 [1]. You can already order it, and your card is only charged once it leaves our warehouse [1]. Should the date move by more than 7 days, we will let you know by e-mail, and you can cancel at no charge [1].',
    wrong: [],
  },
  {
    documents: ['care-plan', 'warranty'],
    asked: 'Can I still buy the Care Plan? My machine came three months ago.',
    right:
      'Unfortunately that is no longer possible: the Care Plan has to be bought within 60 days of delivery, even if the machine has not been used [1]. Your Robin still has its regular warranty of 3 years, though [2].',
    wrong: [],
  },
  {
    documents: ['business-accounts', 'invoices-and-vat'],
    asked: 'We are a café. What discount do we get on beans?',
    right:
      'With a business account you get 8% off beans from 10 kg per month and 12% off from 25 kg per month, based on what you bought the month before [1]. You can open an account at https://brindlecup.example/business if you have a chamber of commerce number; it is approved within 2 business days [1]. Payment by invoice is possible from €500 per order, within 30 days and after a credit check [1].',
    wrong: [],
  },
  {
    documents: ['repairs'],
    asked: 'Combien coûte une réparation après la garantie ?',
    right:
      'Bonjour,\n\nAprès la période de garantie, le diagnostic coûte 45,00 € et ce montant est déduit de la facture si vous faites réparer la machine [1]. Nous envoyons toujours un devis avant toute réparation, et il est valable 30 jours [1].\n\nCordialement',
    wrong: [],
  },
  {
    documents: ['returns', 'refunds', 'damaged-goods'],
    asked: 'How do I return a grinder?',
    right:
      'Here is how to return it:\n\n1. Open https://brindlecup.example/returns and enter your order number and e-mail address [1].\n2. Wait for the return label, which arrives by e-mail within 1 business day [1].\n3. Send the parcel within 10 days of getting the label [1].\n\n**Cost:** the label is €6.90 from the Netherlands, Belgium, Luxembourg and Germany, and €14.90 from other countries [1]. If the grinder is faulty, the return is free [1].',
    wrong: [],
  },
  {
    documents: ['wrong-or-missing-items', 'tracking'],
    asked: 'My tamper is missing.',
    right:
      'Please have a look inside the drip tray first: small parts such as the tamper are packed there [1]. If it really is missing, let us know within 14 days of delivery with your order number and the name of the item [1]. We will then send it within 1 business day at no cost [1].',
    wrong: [],
  },
  {
    documents: ['refunds', 'returns'],
    asked: 'When do I get my money back? I paid by gift card.',
    right:
      'You will get your refund within 5 business days of your return reaching our warehouse, and your bank may take up to another 3 business days to show it [1]. Since you paid with a gift card, the money goes back to that same gift card [1]. Please note that express delivery (€12.50) is only refunded if the item was faulty [1].',
    wrong: [],
  },
  {
    documents: ['order-changes', 'tracking'],
    asked: 'Can I still change the address of my order from the weekend?',
    right:
      'Orders placed at the weekend can be changed until 08:00 on the next business day [1]. You can change the address yourself under Orders in your account, as long as the status is not yet "packing" [1]. After that, the carrier only lets you pick a neighbour or a parcel shop, not an address in another town [1].',
    wrong: [],
  },
  {
    documents: ['delivery-times', 'shipping-costs'],
    asked: 'How long does delivery to Norway take?',
    right:
      'It takes 5 to 8 business days to deliver to Norway, including customs [1], and it costs €24.00 [2]. Orders we receive before 15:00 on a business day are shipped the same day [1].',
    wrong: [],
  },
  {
    documents: ['payment-methods', 'failed-payments'],
    asked: 'Can I pay in dollars with bitcoin?',
    right:
      'I am afraid not: all our prices are in euro, and we do not accept cash, cheques or cryptocurrency [1]. You can pay with a card in another currency, though; your bank then sets the exchange rate and may charge a fee [1].',
    wrong: [],
  },
  {
    documents: ['accounts', 'privacy'],
    asked: 'I am locked out of my account.',
    right:
      'After 6 wrong passwords an account is locked for 30 minutes [1]. You can set a new password with "Forgot password" on the sign-in page; the link works once and for 60 minutes [1]. If the e-mail has not arrived after 10 minutes, please check your spam folder and request a new link [1].',
    wrong: [],
  },
  {
    documents: ['spare-parts', 'group-gasket'],
    asked: 'What does a new tank for the Robin Duo cost?',
    right:
      'A water tank for the Robin Duo is €39.00 [1]. If you order spare parts only and they weigh less than 350 g, we send them by letter post for €2.95 within the EU [1]. Parts that have not been fitted can be sent back within 30 days [1].',
    wrong: [],
  },
  {
    documents: ['water', 'descaling'],
    asked: 'Which water is best, and can I use distilled water?',
    right:
      'The ideal hardness is between 4 and 8 °dH, both for the taste and for the machine [1]. Please avoid distilled water, as the level sensor cannot detect it [1]. A filter costs €17.00 and should be replaced after 50 litres or 2 months, whichever comes first [1].',
    wrong: [],
  },
  {
    documents: ['beans-freshness', 'bean-post'],
    asked: 'How should I store my beans? Can I freeze them?',
    right:
      'Keep the beans in their closed bag, in the dark and at room temperature, but not in the fridge [1]. Freezing is fine for up to 6 months if the bag is airtight, and you do not have to thaw them before grinding [1]. For espresso they taste best between 10 and 35 days after roasting [1].',
    wrong: [],
  },
  {
    documents: ['error-codes', 'repairs'],
    asked: 'My Duo shows E4.',
    right:
      'E4 means that a temperature sensor has failed, so please do not use the machine any more [1]. This is a case for our workshop, and the warranty covers it [1]. You can register the repair at https://brindlecup.example/repairs [2].',
    wrong: [],
  },
  {
    documents: ['choosing-a-machine', 'care-plan'],
    asked: 'Duo or One?',
    right:
      'The main difference is the boiler: the Robin One (€389) has one, so you wait about 40 seconds between coffee and steam, while the Robin Duo (€1,149) has two and gives you both at once [1]. The Duo is also heavier, at 23 kg compared with 9 kg, and needs 12 minutes to be ready instead of 5 [1]. As a set with the Kite grinder, the Robin One costs €569 [1].',
    wrong: [],
  },
  {
    documents: ['bean-post', 'bean-post-pause-cancel'],
    asked: 'Is there a minimum term for Bean Post?',
    right:
      'No, Bean Post has no minimum term [1]. You can stop it at any time without paying a fee [2]. Delivery is free in the Netherlands, Belgium, Luxembourg and Germany; elsewhere in the European Union it is €3.95 [1].',
    wrong: [],
  },
  {
    documents: ['recycling', 'water'],
    asked: 'What do I do with old filters?',
    right: 'You can send used water filters back to us in an envelope; for 6 of them you receive 50 Crema points [1].',
    wrong: [],
  },
  {
    documents: ['de-garantie', 'warranty'],
    asked: 'Wie lange habe ich Garantie auf meine Robin One, und sind Kalkschäden abgedeckt?',
    right:
      'Guten Tag,\n\nauf Ihre Robin One haben Sie 3 Jahre Garantie, gerechnet ab dem Tag der Lieferung [1]. Kalkschäden sind leider nicht abgedeckt, ebenso wenig Verschleißteile wie Dichtungen [1]. Eine Reparatur können Sie unter https://brindlecup.example/repairs anmelden; im Durchschnitt dauert sie 10 Werktage [1].',
    wrong: [],
  },
];

/** The same, written after the rules were done: what they do with wording they have not seen. One cause was mended since ("25 and 26 December"). */
export const unseenReplies: readonly ParaphrasedReply[] = [
  {
    documents: ['damaged-goods'],
    asked: 'The box was crushed and the grinder has a dent.',
    right:
      'Sorry about that! Please write to help@brindlecup.example within 7 days of delivery and attach 3 photos: one of the dent, one of the outside of the box and one of the shipping label [1]. Hold on to the packaging until you hear from us, which will be within 1 business day [1]. You can then decide between a replacement and your money back [1].',
    wrong: [],
  },
  {
    documents: ['gift-cards'],
    asked: 'I lost my gift card.',
    right: 'If you give us the order number, we can resend the code to the person who bought the card [1].',
    wrong: [],
  },
  {
    documents: ['shipping-costs'],
    asked: 'Do you ship to Malta or the US?',
    right:
      'At the moment we ship neither to Malta nor outside Europe, so the United States is not possible either [1]. If you use a freight forwarder, the parcel travels at your own risk, and our warranty does not include transport from there [1].',
    wrong: [],
  },
  {
    documents: ['cancelling-an-order'],
    asked: 'My order is already packed. What now?',
    right:
      'Once it is packed, an order cannot be cancelled any more [1]. What you can do is refuse the parcel when it arrives; we then treat it like a return and keep €6.90 (Netherlands, Belgium, Luxembourg and Germany) or €14.90 (all other countries) for the way back [1].',
    wrong: [],
  },
  {
    documents: ['customs', 'shipping-costs'],
    asked: 'Are there extra costs for a grinder to Zürich?',
    right:
      'Delivery is €22.50, and this already contains the customs fee of the carrier [1]. On orders of more than CHF 62 the carrier also collects 8.1% Swiss VAT [1]. There is no duty on grinders [1].',
    wrong: [],
  },
  {
    documents: ['opening-hours'],
    asked: 'Are you open on 24 December?',
    right: 'Yes, but only until 14:00 on 24 December 2026 [1]. On 25 and 26 December we are closed [1].',
    wrong: [],
  },
  {
    documents: ['discount-codes'],
    asked: 'I am a student, is there a discount?',
    right:
      'Yes! With an e-mail address from your school or university you save 10% on machines and grinders [1]. You can request the code at https://brindlecup.example/students, and it works once a year [1].',
    wrong: [],
  },
  {
    documents: ['failed-payments'],
    asked: 'My payment was declined.',
    right:
      'The most common reason is that the payment was not confirmed in the banking app within 5 minutes [1]. Your order is kept for 24 hours, and you can use the "Pay again" link in the e-mail to try once more, also with a different method [1]. Careful: after 3 unsuccessful attempts the card is blocked in our shop for 24 hours [1].',
    wrong: [],
  },
  {
    documents: ['business-accounts', 'warranty'],
    asked: 'Can we use a Robin One in our office?',
    right:
      'We would not recommend it: the Robin One is made for homes, and its warranty does not apply when it is used in a business [1]. The Robin Duo is suitable for up to 40 cups a day, although its warranty is then 1 year rather than 3 [1].',
    wrong: [],
  },
  {
    documents: ['workshops'],
    asked: 'I cannot come to the workshop tomorrow.',
    right:
      'As it starts in less than 48 hours, the workshop cannot be refunded, but you are welcome to send somebody else in your place [1].',
    wrong: [],
  },
  {
    documents: ['bean-post-pause-cancel'],
    asked: 'Cancel my subscription please.',
    right:
      'You can end it yourself in your account under "End subscription", at any time and free of charge [1]. Do it before Sunday 18:00 and you will not be charged again; a delivery that has already been paid will still be sent [1].',
    wrong: [],
  },
  {
    documents: ['complaints'],
    asked: 'Your agent was rude.',
    right:
      'I am sorry to hear that. Could you tell us the date and the channel? The head of customer care reads all messages about the behaviour of our team [1].',
    wrong: [],
  },
];
