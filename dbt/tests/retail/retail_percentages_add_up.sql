-- Shares of all segments are 100 together, unless there is nobody.
select sum(Pct_of_Customers) as of_customers, sum(Pct_of_Revenue) as of_revenue
from {{ ref('segment_summary') }}
having sum(Customer_Count) > 0 and (of_customers != 100 or (sum(Total_Revenue) > 0 and of_revenue != 100))
