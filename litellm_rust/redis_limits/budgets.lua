-- The budgets of litellm_rust.limits.BudgetTable in Redis: the same rules, one call for all budgets of a request.
--
-- KEYS: the sorted set of reservations by the time they expire, the reservation, then the budgets.
-- ARGV: operation, now in seconds ('' takes the server's clock), seconds that a reservation lives ('' for ever), then
-- what the operation takes. Amounts are decimal pico-dollars of any size a Lua number cannot hold: they are
-- calculated as dollars and pico-dollars.

local DOLLAR = 1e12
local DAY_S = 86400
-- How long the end of a reservation is remembered, for a command that is sent again when its reply was lost.
local ENDED_S = 600
-- Reservations that are given back in one call.
local MOST_EXPIRED = 50

local function clock(given)
  if given ~= '' then
    return tonumber(given)
  end
  local time = redis.call('TIME')
  return tonumber(time[1]) + tonumber(time[2]) / 1e6
end

local function money(text)
  local dollars = #text - 12
  if dollars <= 0 then
    return { 0, tonumber(text) }
  end
  return { tonumber(string.sub(text, 1, dollars)), tonumber(string.sub(text, dollars + 1)) }
end

local function shown(amount)
  if amount[1] > 0 then
    return string.format('%.0f%012.0f', amount[1], amount[2])
  end
  return string.format('%.0f', amount[2])
end

local function plus(a, b)
  local carry = a[2] + b[2] >= DOLLAR and 1 or 0
  return { a[1] + b[1] + carry, a[2] + b[2] - carry * DOLLAR }
end

local function minus(a, b)
  local borrow = a[2] < b[2] and 1 or 0
  local dollars = a[1] - b[1] - borrow
  return dollars < 0 and { 0, 0 } or { dollars, a[2] - b[2] + borrow * DOLLAR }
end

local function is_more(a, b)
  return a[1] > b[1] or (a[1] == b[1] and a[2] > b[2])
end

-- The day (since 1970) of the first of the month, `months` after that of `day`; civil dates by Hinnant's algorithms,
-- with years that start in March.
local function first_of_month_after(day, months)
  local shifted = day + 719468
  local era = math.floor(shifted / 146097)
  local of_era = shifted - era * 146097
  local year = math.floor(
    (of_era - math.floor(of_era / 1460) + math.floor(of_era / 36524) - math.floor(of_era / 146096)) / 365
  )
  local of_year = of_era - (365 * year + math.floor(year / 4) - math.floor(year / 100))
  local month = (era * 400 + year) * 12 + math.floor((5 * of_year + 2) / 153) + months
  local whole, march_month = math.floor(month / 12), month % 12
  era, year = math.floor(whole / 400), whole % 400
  of_year = math.floor((153 * march_month + 2) / 5)
  return era * 146097 + year * 365 + math.floor(year / 4) - math.floor(year / 100) + of_year - 719468
end

local function next_reset(duration, now)
  now = math.floor(now)
  local digits, unit = string.match(duration, '^(%d+)(%a+)$')
  local value = tonumber(digits)
  local day = math.floor(now / DAY_S)
  local whole = ({ s = { 1, 60 }, m = { 60, 3600 }, h = { 3600, DAY_S } })[unit]
  if whole then
    local start = math.floor(now / whole[2]) * whole[2]
    return start + (math.floor((now - start) / whole[1] / value) + 1) * value * whole[1]
  elseif unit == 'mo' then
    return first_of_month_after(day, value) * DAY_S
  elseif value == 30 then
    return first_of_month_after(day, 1) * DAY_S
  elseif value == 7 then -- 1970-01-01 was a Thursday
    return (day + 7 - (day + 3) % 7) * DAY_S
  end
  return (day + value) * DAY_S
end

local function load(key, now)
  local found = redis.call('HMGET', key, 'max', 'spent', 'reserved', 'duration', 'reset_at')
  if not found[2] then
    return nil
  end
  local budget = { key = key, max = found[1], spent = found[2], reserved = found[3], reset_at = found[5] }
  if found[4] ~= '' and found[5] ~= '' and now >= tonumber(found[5]) then
    budget.spent, budget.reset_at = '0', string.format('%.0f', next_reset(found[4], now))
    redis.call('HSET', key, 'spent', budget.spent, 'reset_at', budget.reset_at)
  end
  return budget
end

local function status(budget)
  return { budget.max, budget.spent, budget.reserved, budget.reset_at }
end

local function give_back(key, amount)
  local reserved = redis.call('HGET', key, 'reserved')
  if reserved then
    redis.call('HSET', key, 'reserved', shown(minus(money(reserved), amount)))
  end
end

local queue, reservation = KEYS[1], KEYS[2]
local operation, now, ttl = ARGV[1], clock(ARGV[2]), tonumber(ARGV[3])

-- What was reserved too long ago is given back, and remembered for as long again for a late settlement.
local function expire()
  local late = redis.call('ZRANGEBYSCORE', queue, '-inf', string.format('%.6f', now), 'LIMIT', 0, MOST_EXPIRED)
  for _, key in ipairs(late) do
    redis.call('ZREM', queue, key)
    local amount, keys = unpack(redis.call('HMGET', key, 'amount', 'keys'))
    if keys then
      for _, budget in ipairs(cjson.decode(keys)) do
        give_back(budget, money(amount))
      end
      local kept = ttl or ENDED_S
      redis.call('HSET', key, 'amount', '0', 'late', string.format('%.6f', now + kept))
      redis.call('PEXPIRE', key, string.format('%.0f', kept * 1000))
    end
  end
end

-- A late reservation is forgotten by the clock that calls are decided on, which need not be the server's.
local function forget()
  local late = redis.call('HGET', reservation, 'late')
  if late and tonumber(late) <= now then
    redis.call('DEL', reservation)
  end
end

local function reserve(amount)
  local keys = {}
  for at = 3, #KEYS do
    keys[at - 2] = KEYS[at]
  end
  local joined = #keys > 0 and cjson.encode(keys) or '[]'
  local known = redis.call('HMGET', reservation, 'amount', 'keys', 'late')
  if known[2] then
    return { not known[3] and known[1] == amount and known[2] == joined and 'ok' or 'reserved' }
  end
  local budgets, least = {}, money(amount == '0' and '1' or amount)
  for at, key in ipairs(keys) do
    budgets[at] = load(key, now)
    if not budgets[at] then
      return { 'unknown', at }
    end
  end
  for at, budget in ipairs(budgets) do
    local taken = plus(money(budget.spent), money(budget.reserved))
    if budget.max ~= '' and is_more(plus(taken, least), money(budget.max)) then
      return { 'refused', at, unpack(status(budget)) }
    end
  end
  for _, budget in ipairs(budgets) do
    budget.reserved = shown(plus(money(budget.reserved), money(amount)))
    redis.call('HSET', budget.key, 'reserved', budget.reserved)
  end
  redis.call('DEL', reservation)
  redis.call('HSET', reservation, 'amount', amount, 'keys', joined)
  if ttl then
    redis.call('ZADD', queue, string.format('%.6f', now + ttl), reservation)
  end
  local reply = { 'ok' }
  for at, budget in ipairs(budgets) do
    reply[at + 1] = status(budget)
  end
  return reply
end

local function settle(actual, call)
  local amount, keys, ended = unpack(redis.call('HMGET', reservation, 'amount', 'keys', 'ended'))
  if not keys then
    return ended == call and 1 or 0
  end
  for _, key in ipairs(cjson.decode(keys)) do
    local budget = load(key, now)
    if budget then
      give_back(key, money(amount))
      redis.call('HSET', key, 'spent', shown(plus(money(budget.spent), money(actual))))
    end
  end
  redis.call('ZREM', queue, reservation)
  redis.call('DEL', reservation)
  redis.call('HSET', reservation, 'ended', call)
  redis.call('EXPIRE', reservation, ENDED_S)
  return 1
end

-- KEYS[2] is a name of this call's own, so that the same command sent twice counts once.
local function add_spend(key, amount)
  local budget = load(key, now)
  if not budget then
    return 0
  end
  if redis.call('SET', reservation, '', 'NX', 'EX', ENDED_S) then
    redis.call('HSET', key, 'spent', shown(plus(money(budget.spent), money(amount))))
  end
  return 1
end

local function set(key, most, spent, duration, reset_at)
  if reset_at == '' and duration ~= '' then
    reset_at = string.format('%.0f', next_reset(duration, now))
  end
  local reserved = redis.call('HGET', key, 'reserved') or '0'
  redis.call('HSET', key, 'max', most, 'spent', spent, 'reserved', reserved, 'duration', duration, 'reset_at', reset_at)
  return 1
end

if operation == 'reserve' or operation == 'settle' then
  expire()
  forget()
elseif operation == 'status' or operation == 'outstanding' then
  expire()
end
if operation == 'reserve' then
  return reserve(ARGV[4])
elseif operation == 'settle' then
  return settle(ARGV[4], ARGV[5])
elseif operation == 'add_spend' then
  return add_spend(KEYS[3], ARGV[4])
elseif operation == 'status' then
  local budget = load(KEYS[3], now)
  return budget and status(budget)
elseif operation == 'set' then
  return set(KEYS[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7])
elseif operation == 'remove' then
  return redis.call('DEL', KEYS[3])
elseif operation == 'outstanding' then
  return redis.call('ZCARD', queue)
end
return redis.error_reply('unknown operation ' .. operation)
