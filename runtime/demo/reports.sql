-- What the chain text-to-sql may read: views without names and addresses of people. Made anew at every start.
create schema if not exists reports;

create or replace view reports.customers as
select c.id as customer_id,
  case c.country::text
    when 'NL' then 'Netherlands' when 'CH' then 'Switzerland' when 'BE' then 'Belgium' when 'DE' then 'Germany' when 'IE' then 'Ireland'
    when 'PT' then 'Portugal' when 'PL' then 'Poland' when 'FR' then 'France' when 'DK' then 'Denmark' when 'GB' then 'United Kingdom'
    when 'IT' then 'Italy' when 'NO' then 'Norway' when 'AT' then 'Austria' when 'SE' then 'Sweden' when 'ES' then 'Spain'
    when 'LU' then 'Luxembourg' else c.country::text end as country,
  c.city, c.vat_number is not null as business
from shop.customers c;
comment on view reports.customers is 'One row a customer';
comment on column reports.customers.country is 'Country where the customer lives';
comment on column reports.customers.business is 'True for a business with a VAT number, false for a private person';

create or replace view reports.orders as
select o.id as order_id, o.customer_id, c.country, o.placed_on, o.status, o.payment,
  ((i.cents + o.delivery_cents) / 100.0)::numeric(12, 2) as total, (o.delivery_cents / 100.0)::numeric(12, 2) as delivery_cost,
  (o.refunded_cents / 100.0)::numeric(12, 2) as refunded, o.shipped_on, o.delivered_on
from shop.orders o
join reports.customers c on c.customer_id = o.customer_id
join (select order_id, sum(quantity * unit_cents) as cents from shop.order_items group by order_id) i on i.order_id = o.id;
comment on view reports.orders is 'One row an order';
comment on column reports.orders.country is 'Country of the customer who ordered';
comment on column reports.orders.placed_on is 'Date when the order was placed';
comment on column reports.orders.payment is 'How it was paid: payment method';
comment on column reports.orders.total is 'Amount of the order in euro with delivery: order value, revenue, sales, turnover, spent';
comment on column reports.orders.delivery_cost is 'What delivery cost, in euro: shipping cost';
comment on column reports.orders.refunded is 'Amount refunded in euro, null where nothing was';
comment on column reports.orders.shipped_on is 'Date when the order was shipped';
comment on column reports.orders.delivered_on is 'Date when the order was delivered';

create or replace view reports.order_items as
select i.order_id, i.name as product, i.quantity, (i.unit_cents / 100.0)::numeric(12, 2) as unit_price, (i.quantity * i.unit_cents / 100.0)::numeric(12, 2) as line_total
from shop.order_items i;
comment on view reports.order_items is 'One row a product in an order';
comment on column reports.order_items.quantity is 'Pieces of the product: units sold';
comment on column reports.order_items.unit_price is 'Price of one piece in euro';
comment on column reports.order_items.line_total is 'Pieces times price, in euro, without delivery: product revenue, product sales, earned with a product';
