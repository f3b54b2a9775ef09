-- The windows of litellm_rust.limits.LimitTable in Redis: the same rules, one call for all limits of a request.
--
-- KEYS: the window of each limit.
-- ARGV: operation, now in ms ('' takes the server's clock), then limit, window in ms and amount for each key.
-- Returns: refused limit (0 for none), ms until it would allow (-1 for never), then used and ms to reset for each key.
--
-- A window is stored as "opened last used last used …", the oldest bucket first; times are in ms. A bucket leaves when
-- its last use does, so no interval of a window's length ever holds more than the limit.

local BUCKETS = 5
-- After this a parallel request that was never given back is forgotten.
local LEASE_MS = 3600000
-- A window outlives its last use by this, for clocks that step back at a failover.
local GRACE_MS = 60000

local function clock(given)
  if given ~= '' then
    return tonumber(given)
  end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function read(key, window_ms, now)
  local window = { key = key, ms = window_ms, span = window_ms > 0 and window_ms or LEASE_MS, opened = 0 }
  local numbers = {}
  for number in string.gmatch(redis.call('GET', key) or '', '%d+') do
    numbers[#numbers + 1] = tonumber(number)
  end
  window.opened = numbers[1] or 0
  for at = 2, #numbers, 2 do
    if #window > 0 or now < numbers[at] + window.span then
      window[#window + 1] = { last = numbers[at], used = numbers[at + 1] }
    end
  end
  return window
end

local function write(window, now)
  if #window == 0 then
    redis.call('DEL', window.key)
    return
  end
  local parts = { string.format('%.0f', window.opened) }
  for _, bucket in ipairs(window) do
    parts[#parts + 1] = string.format('%.0f %.0f', bucket.last, bucket.used)
  end
  local left = math.max(window[#window].last - now, 0) + window.span + GRACE_MS
  redis.call('SET', window.key, table.concat(parts, ' '), 'PX', string.format('%.0f', left))
end

local function used(window)
  local sum = 0
  for _, bucket in ipairs(window) do
    sum = sum + bucket.used
  end
  return sum
end

local function add(window, amount, now)
  local full = #window == BUCKETS or window.ms == 0
  if #window == 0 or (not full and now - window.opened >= math.floor(window.ms / 4)) then
    window[#window + 1] = { last = now, used = 0 }
    window.opened = now
  end
  local newest = window[#window]
  newest.last = math.max(newest.last, now)
  newest.used = newest.used + amount
end

local function subtract(window, amount)
  for at = #window, 1, -1 do
    local part = math.min(amount, window[at].used)
    window[at].used = window[at].used - part
    amount = amount - part
  end
  if used(window) == 0 then
    while #window > 0 do
      table.remove(window)
    end
  end
end

local function until_ms(window, allowed, now)
  local left = used(window)
  for _, bucket in ipairs(window) do
    if left <= allowed then
      return 0
    end
    left = left - bucket.used
    if left <= allowed then
      return math.max(bucket.last + window.span - now, 0)
    end
  end
  return 0
end

local operation, now = ARGV[1], clock(ARGV[2])
local limits, windows, pending = {}, {}, {}
for at, key in ipairs(KEYS) do
  local first = 3 * at
  limits[at] = { key = key, limit = tonumber(ARGV[first]), amount = tonumber(ARGV[first + 2]) }
  windows[key] = windows[key] or read(key, tonumber(ARGV[first + 1]), now)
  pending[key] = 0
end

local refused, retry_after = 0, -1
if operation == 'check' then
  for at, limit in ipairs(limits) do
    local window, before = windows[limit.key], pending[limit.key]
    local least = math.max(limit.amount, 1)
    if used(window) + before + least > limit.limit then
      refused = at
      if limit.limit >= least and window.ms > 0 and before == 0 then
        retry_after = until_ms(window, limit.limit - least, now)
      end
      break
    end
    pending[limit.key] = before + limit.amount
  end
end
if refused == 0 and operation ~= 'used' then
  for _, limit in ipairs(limits) do
    if operation == 'refund' then
      subtract(windows[limit.key], limit.amount)
    elseif limit.amount > 0 or operation == 'record' then
      add(windows[limit.key], limit.amount, now)
    end
  end
  for _, window in pairs(windows) do
    write(window, now)
  end
end

local reply = { refused, retry_after }
for at, limit in ipairs(limits) do
  local window = windows[limit.key]
  reply[2 * at + 1] = used(window)
  reply[2 * at + 2] = window.ms == 0 and 0 or until_ms(window, 0, now)
end
return reply
