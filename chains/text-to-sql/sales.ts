import { sqlViews } from 'trimtab';

/** What a question may be answered from: views without names and addresses of people. */
export const sales = sqlViews({ name: 'sales', relations: ['reports.orders', 'reports.order_items', 'reports.customers'] });
