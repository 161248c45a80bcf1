/**
 * Replies in other words than their sources, written by hand over the demo shop's documents. Each says only what its
 * documents say, and cites them as [1], [2] … in the order named. `wrong`: the same reply with one thing made wrong.
 */
export interface ParaphrasedReply { documents: string[]; asked: string; right: string; wrong: string[] }

export const paraphrasedReplies: readonly ParaphrasedReply[] = [
  {
    documents: ['returns', 'refunds'], asked: 'My Kite grinder arrived on 6 November and I have not opened it. How long can I return it and what does the label cost from Portugal?',
    right: 'Hello Inês,\n\nYou can send your unopened Kite grinder back within 30 days of the day it was delivered, and you get the full amount refunded [1]. From Portugal the return label costs €14.90, which is deducted from your refund [1]. To get started, go to https://brindlecup.example/returns and enter your order number and e-mail address [1].\n\nPlease let us know if you have any other questions.',
    wrong: ['Hello Inês,\n\nYou can send your unopened Kite grinder back within 14 days of the day it was delivered, and you get the full amount refunded [2].', 'From Portugal the return label costs €6.90, which is added to your refund [2].', 'From Portugal the return label costs €19.40, which is deducted from your refund [1].', 'To get started, go to https://brindlecup.example/refunds and enter your order number [1].'],
  },
  {
    documents: ['damaged-goods', 'returns'], asked: 'The replacement for my damaged Robin Duo arrived and it is damaged too. What do I get?',
    right: 'I am very sorry that this happened twice.\n\nWhen a replacement is damaged as well, the next one comes with a specialist carrier who unpacks and checks it at your door [1]. Because it is the second damaged delivery, you also receive a €25 voucher for the trouble [1]. You do not have to carry anything: we arrange to collect the damaged machine at your address at no cost to you [1]. Please send photos of the item, the box and the shipping label to help@brindlecup.example within 7 days of delivery [1].',
    wrong: ['Because it is the second damaged delivery, you also receive a €50 voucher for the trouble [1].', 'We arrange to collect the damaged machine at your address for a fee of €25 [1].', 'Please send photos of the item to support@brindlecup.example within 7 days of delivery [1].', 'Please send photos of the item to help@brindlecup.example within 7 weeks of delivery [1].', 'You can switch on a machine that was damaged on the way to you [1].'],
  },
  {
    documents: ['gift-cards', 'discount-codes'], asked: 'How long is a gift card valid and can I use several?',
    right: 'A gift card is valid for 5 years, counted from the day it was bought [1]. You can combine up to 5 gift cards in one order, and whatever is left on a card stays there for later [1]. The one thing you cannot buy with a gift card is another gift card [1].',
    wrong: ['A gift card is valid for 3 years, counted from the day it was bought [1].', 'A gift card is valid for 5 months, counted from the day it was bought [1].', 'A gift card is valid for 5 years, counted from the day it was first used by its owner in Zurich [1].', 'You can combine up to 5 gift cards in one order, and whatever is left on a card is lost after that order, as the law of gift vouchers demands [1].'],
  },
  {
    documents: ['shipping-costs', 'delivery-times'], asked: 'What does delivery to Switzerland cost and how long does it take?',
    right: 'Delivery to Switzerland costs €22.50, regardless of the order value, as there is no free delivery threshold for Switzerland [1]. If your order includes the Robin Duo, a heavy parcel surcharge of €12.00 is added [1].',
    wrong: ['Delivery to Switzerland costs €24.00, regardless of the order value [1].', 'Delivery to Norway costs €22.50, as there is no free delivery threshold [1].', 'If your order includes the Robin Duo, a heavy parcel surcharge of $12.00 is added [1].', 'If your order includes the Robin Solo, a heavy parcel surcharge of €12.00 is added [1].', 'Delivery to Switzerland costs €22.50 [2].'],
  },
  {
    documents: ['warranty', 'repairs'], asked: 'My Kite Pro motor failed after four years. Is it covered?',
    right: 'Yes, the motor of the Kite Pro is covered for 5 years, while all other parts have 2 years [1]. We would repair it free of charge, and that includes parts, labour and transport in both directions [1]. To make a claim, please e-mail the order number, the serial number and a short video of the fault to repairs@brindlecup.example [1]. You will get an answer within 2 business days, and the original box is not needed [1].',
    wrong: ['Yes, the motor of the Kite Pro is covered for 2 years, while all other parts have 5 years [1].', 'We would repair it free of charge, but that does not include parts, labour and transport both ways [1].', 'You will get an answer within 2 weeks, and the original box is not needed [1].', 'The warranty covers limescale damage when the machine was not descaled as the manual asks [1].', 'The warranty covers wear parts such as group gaskets, shower screens, burrs and water filters [1].'],
  },
  {
    documents: ['bean-post-pause-cancel', 'bean-post'], asked: 'I am travelling for ten weeks. Can I pause Bean Post and will I be charged?',
    right: 'Yes, you can pause Bean Post for up to 12 weeks, so ten weeks are no problem [1]. While it is paused, nothing is charged [1]. It starts again automatically when the pause ends, and we remind you by e-mail 5 days beforehand [1].\n\nEnjoy your trip!',
    wrong: ['Yes, you can pause Bean Post for up to 12 months [1].', 'While Bean Post is paused, everything is charged as before, including the monthly insurance premium [1].', 'It starts again automatically when the pause ends, and we remind you by e-mail 15 days beforehand [1].', 'A delivery can be skipped until Monday at 18:00 [1].', 'You cannot end Bean Post at any time and without a fee under "End subscription" in your account [1].'],
  },
  {
    documents: ['invoices-and-vat', 'business-accounts'], asked: 'We forgot our VAT number at checkout. Can the invoice be corrected?',
    right: 'Yes, that is possible as long as it happens within 14 days of the invoice date [1]. Please reply to the invoice e-mail with the correct VAT number [1]. If you send the number in time, we refund the VAT [1]. After the 14 days the invoice cannot be changed any more, since it has then been reported to the tax office [1].',
    wrong: ['After the 14 days the invoice can still be changed, since it has then been reported to the tax office [1].', 'Companies in the Netherlands never pay VAT [1].', 'Machines, grinders and accessories include Dutch VAT of 19% [1].', 'Coffee beans include Dutch VAT of 21% [1].'],
  },
  {
    documents: ['descaling', 'water'], asked: 'After how many months must I descale the Robin Duo and how many ml of Clearwell do I use?',
    right: 'The Robin Duo should be descaled every 6 months, or twice as often if your water is harder than 12 °dH [1]. Mix 125 ml of Clearwell descaler with 1 litre of water [1]. Please do not use vinegar or citric acid: they damage the seals, and the warranty does not cover that [1]. The whole procedure takes around 40 minutes [1].',
    wrong: ['The Robin Duo should be descaled every 3 months [1].', 'Mix 125 g of Clearwell descaler with 1 litre of water [1].', 'Mix 125 ml of Clearwell descaler with 10 litres of water [1].', 'You can use vinegar or citric acid, because they do not damage the seals [1].', 'The Robin Solo should be descaled every 6 months [1].'],
  },
  {
    documents: ['cancelling-an-order', 'order-changes'], asked: 'I want to cancel the order I placed yesterday.',
    right: 'You can cancel the order yourself at no charge until its status changes to "packing": open Orders in your account and choose "Cancel order" [1]. The money is then returned within 3 business days [1]. Once the order is packed or shipped it can no longer be cancelled, but you may refuse the parcel at the door [1]. In that case we deduct the return delivery cost, €6.90 from the Netherlands, Belgium, Luxembourg and Germany and €14.90 from all other countries [1].',
    wrong: ['The money is then returned within 3 calendar days [1].', 'In that case we deduct the return delivery cost, €14.90 from the Netherlands, Belgium, Luxembourg and Germany and €6.90 from all other countries [1].', 'Once the order is packed or shipped it can still be cancelled [1].', 'Roasting days are Tuesday and Thursday [1].', 'An order that has beans only can be cancelled until 06:30 on the roasting day [1].'],
  },
  {
    documents: ['group-gasket', 'spare-parts'], asked: 'Water leaks over the portafilter of my Robin One. What do I need?',
    right: 'Water running over the edge of the portafilter while brewing usually points to a worn group gasket [1]. For the Robin One you need the 58 mm gasket with a thickness of 8 mm, which costs €6.50 [1]. Before you change it, let the machine cool down for 2 hours and unplug it [1]. Changing it takes about 15 minutes [1]. If it still leaks afterwards, our workshop can change the gasket for €29.00, part included [1].',
    wrong: ['For the Robin One you need the 58 mm gasket with a thickness of 8.5 mm [1].', 'For the Robin Duo you need the 58 mm gasket with a thickness of 8 mm [1].', 'The group gasket is a wear part and is covered by the warranty [1].', 'Before you change it, let the machine cool down for 20 minutes and unplug it [1].', 'If it still leaks afterwards, our workshop can change the gasket for $29.00, part included [1].'],
  },
  {
    documents: ['customs', 'shipping-costs'], asked: 'Do I pay VAT on an order of £200 to Leeds?',
    right: 'Yes. For orders above £135 we do not charge VAT ourselves; the carrier collects VAT of 20% from you before delivery [1]. The carrier also adds a £12 handling fee [1]. Delivery to the United Kingdom costs €19.50 [2].',
    wrong: ['The carrier also adds a €12 handling fee [1].', 'For orders below £135 the carrier collects VAT of 20% from you before delivery [1].', 'Delivery to the United Kingdom costs €19.50 [1].', 'We can refund import VAT or duty, because they were paid to us [1].', 'Swiss VAT of 8.1% is collected by the carrier on orders below CHF 62 [1].'],
  },
  {
    documents: ['failed-payments', 'payment-methods'], asked: 'You charged my card twice!',
    right: 'I am sorry for the worry. The second amount on your statement is usually only a reservation, and your bank releases it within 7 days [1]. If it is still there after that, please send us a picture of the statement without your card number [1]. A payment that really was taken twice is refunded within 2 business days [1].',
    wrong: ['A payment that really was taken twice is refunded within 2 months [1].', 'The second amount on your statement is never a reservation, and your bank releases it within 7 days [1].', 'If it is still there after that, please send us a picture of the statement with your card number [1].', 'We have refunded the second amount today [1].', 'A payment that really was taken twice is refunded within 2 business days [2].'],
  },
  {
    documents: ['de-rueckgabe', 'returns'], asked: 'Ich habe mit meiner Robin One schon Kaffee zubereitet. Kann ich sie zurückgeben, und wird etwas abgezogen?',
    right: 'Guten Tag,\n\nja, auch eine Espressomaschine, mit der Sie schon Kaffee zubereitet haben, können Sie innerhalb von 30 Tagen zurückgeben [1]. Von der Erstattung ziehen wir dann eine Reinigungsgebühr von 35 € ab [1]. Die Rückgabe melden Sie unter https://brindlecup.example/returns mit Bestellnummer und E-Mail-Adresse an [1]. Das Etikett kommt innerhalb von 1 Werktag per E-Mail [1].\n\nMit freundlichen Grüßen',
    wrong: ['Von der Erstattung ziehen wir dann eine Reinigungsgebühr von 53 € ab [1].', 'Das Etikett kommt innerhalb von 3 Werktagen per E-Mail [1].', 'Eine Espressomaschine, mit der Sie bereits Kaffee zubereitet haben, können Sie nicht innerhalb von 30 Tagen zurückgeben [1].', 'Geöffnete Packungen mit Kaffeebohnen können wir zurücknehmen, weil sie Lebensmittel sind [1].'],
  },
  {
    documents: ['opening-hours', 'click-and-collect'], asked: 'When can I pick up my order in Rotterdam, and until when do I have to order before Christmas in Belgium?',
    right: 'Our shop in Rotterdam is open from Tuesday to Saturday, 10:00 to 18:00 [2]. Your order is ready within 3 hours if everything is in stock, and we keep it for 7 days [2]. Please bring your order number and an identity document [2]. For delivery to Belgium before Christmas 2026, order by 18 December [1].',
    wrong: ['Our shop in Rotterdam is open from Tuesday to Sunday, 10:00 to 18:00 [2].', 'Our shop in Rotterdam is open from Tuesday to Saturday, 10:00 to 20:00 [2].', 'For delivery to Belgium before Christmas 2026, order by 28 December [1].', 'For delivery to Belgium before Christmas 2025, order by 18 December [1].', 'We accept cash in the shop [2].'],
  },
  {
    documents: ['complaints', 'opening-hours'], asked: 'I disagree with the answer to my complaint.',
    right: 'I understand that you are disappointed. You can ask the head of customer care to take a second look, which takes up to 5 business days [1]. If you still disagree afterwards, you can bring the case to the consumer disputes committee of the Netherlands; a procedure there costs €52.50 [1].',
    wrong: ['You can ask the head of customer care to take a second look, which takes at least 5 business days [1].', 'A procedure there costs €25.50 [1].', 'Your case has been escalated to our legal department [1].', 'You can bring the case to the consumer disputes committee of Belgium [1].'],
  },
  {
    documents: ['discount-codes', 'gift-cards'], asked: 'My code does not work on a gift card.',
    right: 'Unfortunately, discount codes are not valid for gift cards, refurbished machines, workshops and the Care Plan [1]. Only one code can be used per order, and it has to be entered before you pay, because we cannot apply it later [1].',
    wrong: ['Discount codes apply to gift cards, refurbished machines, workshops and the Care Plan [1].', 'A discount code can be added after the order was placed [1].', 'New newsletter readers get a welcome code for 15% off their first order [1].', 'The welcome code is valid for 60 days and for orders of at most €40 [1].'],
  },
  {
    documents: ['crema-points', 'accounts'], asked: 'When do my points expire and what are they worth?',
    right: 'Your Crema points expire 24 months after they were added to your account, and you get an e-mail 30 days before that happens [1]. 100 points are worth €5, and you can spend them in steps of 100 [1]. Unfortunately, points that have expired cannot be restored [1].',
    wrong: ['Your Crema points expire 24 days after they were added to your account [1].', '100 points are worth €50, and you can spend them in steps of 100 [1].', 'Expired Crema points can be restored [1].', 'Crema points cannot be combined with a discount code, but with a gift card purchase [1].'],
  },
  {
    documents: ['returns', 'shipping-costs', 'gift-cards'], asked: 'Can I return opened beans? What is your fax number?',
    right: 'Opened bags of beans cannot be taken back, because they are food [1]. Bags that are still closed can be returned within 14 days of delivery [1]. I could not find a fax number in the information I have, so a colleague will look into it.\n\nBest wishes',
    wrong: ['Opened bags of beans can be taken back, because they are food [1].', 'Bags that are still closed can be returned within 14 days of purchase [3].', 'Our fax number is +31 10 555 0134 [1].', 'A colleague has already refunded your beans.'],
  },
];
