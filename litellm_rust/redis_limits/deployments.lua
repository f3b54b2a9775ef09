-- What the routers of several processes hold of each deployment: one call to use its limits, one to tell each other.
--
-- A deployment is a hash with a field for each process: "minute requests tokens in-flight seen-ms number". A process
-- writes only its own field, as absolute counts, so a lost reply or a restarted Redis is made good by writing it again;
-- `number` grows with every message, so one that comes late changes nothing. The processes' set has when each was seen,
-- and the cooling set when each deployment's cooldown ends, both in ms.
--
-- KEYS: the epoch, the processes, the cooling set, the active set, then deployments. All carry one hash tag.
-- ARGV: operation, process, known epoch, then what the operation takes.

-- A process that was not seen for this long is gone, and so is what it had in flight.
local GONE_MS = 10000
local KEPT_MS = 120000
local MINUTE_MS = 60000
local REFUSED = { requests = 1, tokens = 2, parallel = 3, minute = 4, epoch = 5 }

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local minute = math.floor(now / MINUTE_MS)
local operation, process, known_epoch = ARGV[1], ARGV[2], ARGV[3]
local epoch_key, processes, cooling, active = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

local function whole(number)
  return string.format('%.0f', number)
end

-- Another epoch than the known one says that Redis lost what it held.
local function current_epoch()
  redis.call('SET', epoch_key, time[1] .. time[2], 'NX')
  return redis.call('GET', epoch_key)
end

local function parsed(text)
  local at, requests, tokens, in_flight, seen, number = string.match(text, '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+)$')
  return at
    and {
      minute = tonumber(at), requests = tonumber(requests), tokens = tonumber(tokens),
      in_flight = tonumber(in_flight), seen = tonumber(seen), number = tonumber(number),
    }
end

-- (requests, tokens, in flight) of every process but one.
local function others(key, but)
  local requests, tokens, in_flight = 0, 0, 0
  local all = redis.call('HGETALL', key)
  for at = 1, #all, 2 do
    local held = all[at] ~= but and parsed(all[at + 1])
    if held then
      local counts, alive = held.minute == minute, now - held.seen <= GONE_MS
      if counts then
        requests, tokens = requests + held.requests, tokens + held.tokens
      end
      if alive then
        in_flight = in_flight + held.in_flight
      end
      if not counts and not alive then
        redis.call('HDEL', key, all[at])
      end
    end
  end
  return requests, tokens, in_flight
end

local function write(key, id, held)
  local known = redis.call('HGET', key, process)
  known = known and parsed(known)
  if known and known.number >= held.number then
    return
  end
  local text = { whole(held.minute), whole(held.requests), whole(held.tokens), whole(held.in_flight), whole(now) }
  redis.call('HSET', key, process, table.concat(text, ' ') .. ' ' .. whole(held.number))
  redis.call('PEXPIRE', key, KEPT_MS)
  redis.call('ZADD', active, now, id)
end

local function held_from(first)
  return {
    minute = tonumber(ARGV[first]), requests = tonumber(ARGV[first + 1]), tokens = tonumber(ARGV[first + 2]),
    in_flight = tonumber(ARGV[first + 3]), number = tonumber(ARGV[first + 4]),
  }
end

-- ARGV from 4: id, what this process holds with the attempt, limits of requests, tokens and parallel ('' for none),
-- tokens of the attempt. Returns: refusal (0 for none), minute, epoch, the others' requests, tokens and in flight.
local function acquire()
  local epoch, held = current_epoch(), held_from(5)
  if epoch ~= known_epoch then
    return { REFUSED.epoch, minute, epoch, 0, 0, 0 }
  elseif held.minute ~= minute then
    return { REFUSED.minute, minute, epoch, 0, 0, 0 }
  end
  local requests, tokens, in_flight = others(KEYS[5], process)
  local rpm, tpm, parallel, cost = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13])
  local refused = 0
  if rpm and requests + held.requests > rpm then
    refused = REFUSED.requests
  elseif tpm and tokens + held.tokens + math.max(cost, 1) > tpm then
    refused = REFUSED.tokens
  elseif parallel and in_flight + held.in_flight > parallel then
    refused = REFUSED.parallel
  else
    write(KEYS[5], ARGV[4], held)
  end
  return { refused, minute, epoch, requests, tokens, in_flight }
end

-- ARGV from 4: how keys of deployments begin, whether usage is asked for, the number of cooldowns, id and ms of each,
-- then id and what this process holds for each further key.
-- Returns: minute, ms into it, epoch, number of processes, {id, ms left} of each cooldown,
-- {id, the others' requests, tokens, in flight} of each deployment in use.
local function sync()
  local prefix, wants_usage, cooldowns = ARGV[4], ARGV[5] == '1', tonumber(ARGV[6])
  redis.call('ZADD', processes, now, process)
  redis.call('ZREMRANGEBYSCORE', processes, '-inf', now - GONE_MS)
  local at = 7
  for _ = 1, cooldowns do
    redis.call('ZADD', cooling, 'GT', now + tonumber(ARGV[at + 1]), ARGV[at])
    at = at + 2
  end
  redis.call('ZREMRANGEBYSCORE', cooling, '-inf', now)
  for number = 5, #KEYS do
    write(KEYS[number], ARGV[at], held_from(at + 1))
    at = at + 6
  end
  local cooled, used = {}, {}
  local found = redis.call('ZRANGE', cooling, 0, -1, 'WITHSCORES')
  for place = 1, #found, 2 do
    cooled[#cooled + 1] = { found[place], tonumber(found[place + 1]) - now }
  end
  redis.call('ZREMRANGEBYSCORE', active, '-inf', now - KEPT_MS)
  if wants_usage then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', active, now - MINUTE_MS, '+inf')) do
      local requests, tokens, in_flight = others(prefix .. id, process)
      used[#used + 1] = { id, requests, tokens, in_flight }
    end
  end
  return { minute, now % MINUTE_MS, current_epoch(), redis.call('ZCARD', processes), cooled, used }
end

if operation == 'acquire' then
  return acquire()
elseif operation == 'sync' then
  return sync()
elseif operation == 'forget' then
  return redis.call('DEL', cooling)
end
return redis.error_reply('unknown operation ' .. operation)
