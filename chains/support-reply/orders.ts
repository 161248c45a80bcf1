import { database } from 'trimtab';

/**
 * The customer's own orders, the one that the question names first, then the newest. Whose they are is decided by the
 * ticket's `customer_id` alone: an order number in the text only sorts.
 */
export const orders = database<{ question: string; customer_id?: string }>({
  name: 'shop',
  sql: `select order_id, status, placed_on, summary from shop.customer_orders
        where customer_id = $1 order by position(order_id in $2) > 0 desc, placed_on desc limit 2`,
  parameters: ({ customer_id, question }) => [customer_id, question],
  passage: (row) => ({
    id: String(row['order_id']),
    title: `Order ${row['order_id']} (${row['status']})`,
    text: String(row['summary']),
    at: row['placed_on'] as Date,
  }),
});
