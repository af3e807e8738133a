-- Takes out of a log line what could log somebody in, and writes down where the line comes from.
--
-- Fluent Bit calls `collect` for every line, before anything is sent (its documentation, "Lua filter"; it embeds LuaJIT).
-- The line is read as text and written as text: numbers, empty lists and the order of fields stay as they were, which
-- they would not as tables of Lua. Each mistake of this file ends in a line that says so and shows nothing of the original.

local GONE = "[REDACTED]"
-- Parts of names, in lower case; script.ts writes them in here.
local WORDS = REDACTED_FIELDS
-- Objects in objects, and lines in strings of lines, up to here; what is deeper is taken out whole.
local DEEPEST = 64
-- What looked like JSON so often and was none is read as text, so that no line takes long.
local MOST_FAILED = 32

local function sensitive(name)
  local lower = name:lower()
  for _, word in ipairs(WORDS) do
    if lower:find(word, 1, true) then return true end
  end
  return false
end

-- Plain text -----------------------------------------------------------------------------------------------------------

-- Where the value that begins at `at` ends, and what of it stays: the quotes around it.
local function quoted(text, at, opening)
  local slashes = #opening - 1
  local quote = opening:sub(-1)
  local from = at
  while true do
    local run, stop = text:match("()\\*" .. quote .. "()", from)
    if run == nil then return #text + 1, "" end
    -- More backslashes than at the opening: a quote inside the value.
    if stop - run - 1 <= slashes then return stop, text:sub(run, stop - 1) end
    from = stop
  end
end

local CLOSING = { ["{"] = "}", ["["] = "]", ["("] = ")" }
local function bracketed(text, at)
  local depth = 0
  for place = at, #text do
    local sign = text:sub(place, place)
    if CLOSING[sign] then depth = depth + 1 end
    if sign == "}" or sign == "]" or sign == ")" then
      depth = depth - 1
      if depth == 0 then return place + 1 end
    end
  end
  return #text + 1
end

local SCHEMES = { bearer = true, basic = true, digest = true, negotiate = true, token = true, apikey = true, ["aws4-hmac-sha256"] = true }

-- A value without quotes ends at a space, or where the next field begins: `a=1,b=2`, `?a=1&b=2`.
local function bare(text, at)
  local stop = text:find("%s", at) or #text + 1
  if SCHEMES[text:sub(at, stop - 1):lower()] then return text:find("[\r\n]", at) or #text + 1 end
  local from = at
  while true do
    local cut = text:find("[,;&|]", from)
    if cut == nil or cut >= stop then return stop end
    if text:find("^[,;&|]+[\"'\\]*[%w_.%-%[%]]+[\"'\\]*[=:]", cut) then return cut end
    from = cut + 1
  end
end

-- The end of the value that begins at `at`, and what is written in its place.
local function value(text, at, name)
  local opening = text:match("^\\*[\"'`]", at)
  if opening then
    local stop, closing = quoted(text, at + #opening, opening)
    return stop, opening .. GONE .. closing
  end
  local lower = name:lower()
  if lower:find("authorization", 1, true) or lower:find("cookie", 1, true) then
    return text:find("[\r\n]", at) or #text + 1, GONE
  end
  if text:find("^[{%[(]", at) then return bracketed(text, at), GONE end
  return bare(text, at), GONE
end

-- What is a secret by its look, wherever it stands.
local function byLook(text)
  text = text:gsub("(%f[%w+.-][%w+.-]+://[^%s/@:\"']*:)[^%s/\"']+@", "%1" .. GONE .. "@")
  text = text:gsub("%f[%w_-]eyJ[%w_-]+%.[%w_-]+%.[%w_-]*", GONE)
  text = text:gsub("%f[%w]([Bb][Ee][Aa][Rr][Ee][Rr]%s+)[%w._~+/=-]+", "%1" .. GONE)
  -- The first to the last of them, and to the end of the line where it was cut.
  local key = text:find("%-%-%-%-%-BEGIN [%w ]*PRIVATE KEY")
  if key then text = text:sub(1, key - 1) .. GONE .. (text:match(".*%-%-%-%-%-END [%w ]*PRIVATE KEY%-%-%-%-%-(.*)$", key) or "") end
  return text
end

-- Fields of a text: `name=value`, `name: value`, `"name": "value"`, `--name value`.
local NAME = "()%f[%w_.%-]([%w_.%-]+)(%]?[\"'\\]*%s*=?[=:]>?%s*)()"
local FLAG = "()%f[%-]%-%-([%w_.%-]+)(%s+)()[^%s-]"

-- Also says whether what was taken out reaches the end of the text: it may go on in what follows.
local function plain(text)
  text = byLook(text)
  local parts, done, open = {}, 1, false
  local flag, flagName, space, flagFrom = text:match(FLAG)
  while done <= #text do
    local at, name, between, from = text:match(NAME, done)
    if flag and flag < done then flag, flagName, space, flagFrom = text:match(FLAG, done) end
    if flag and (at == nil or flag < at) then at, name, between, from = flag, "--" .. flagName, space, flagFrom end
    if at == nil then break end
    if sensitive(name) then
      local stop, instead = value(text, from, name)
      parts[#parts + 1] = text:sub(done, from - 1) .. instead
      done, open = stop, stop > #text
    else
      parts[#parts + 1] = text:sub(done, from - 1)
      done = from
    end
  end
  parts[#parts + 1] = text:sub(done)
  return table.concat(parts), open
end

-- JSON -----------------------------------------------------------------------------------------------------------------

local lineOf

local function utf8(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(0xC0 + math.floor(code / 0x40), 0x80 + code % 0x40) end
  if code < 0x10000 then return string.char(0xE0 + math.floor(code / 0x1000), 0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40) end
  return string.char(0xF0 + math.floor(code / 0x40000), 0x80 + math.floor(code / 0x1000) % 0x40, 0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
end

local ESCAPES = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function decoded(raw)
  raw = raw:gsub("\\u([dD][89abAB]%x%x)\\u([dD][c-fC-F]%x%x)", function(high, low)
    return utf8(0x10000 + (tonumber(high, 16) - 0xD800) * 0x400 + tonumber(low, 16) - 0xDC00):gsub("\\", "\\\\")
  end)
  -- From left to right, so that an escaped backslash is not read twice.
  local parts, at = {}, 1
  while true do
    local slash = raw:find("\\", at, true)
    if slash == nil then break end
    parts[#parts + 1] = raw:sub(at, slash - 1)
    local sign = raw:sub(slash + 1, slash + 1)
    local code = sign == "u" and tonumber(raw:match("^%x%x%x%x", slash + 2) or "", 16)
    parts[#parts + 1] = code and utf8(code) or ESCAPES[sign] or sign
    at = slash + (code and 6 or 2)
  end
  parts[#parts + 1] = raw:sub(at)
  return table.concat(parts)
end

local function encoded(text)
  local escaped = text:gsub('[%z\1-\31\\"]', function(sign)
    if sign == '"' or sign == "\\" then return "\\" .. sign end
    return string.format("\\u%04x", sign:byte())
  end)
  return '"' .. escaped .. '"'
end

-- The text of the string that begins at `at`, and where it ends; nothing when it does not.
local function string_(text, at)
  local from = at + 1
  while true do
    local stop = text:find('["\\]', from)
    if stop == nil then return nil end
    if text:sub(stop, stop) == '"' then return text:sub(at + 1, stop - 1), stop + 1 end
    from = stop + 2
  end
end

local function skip(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

local member, object, list

-- A value: what is written for it, where it ends, and its text when it is a string. Nothing when there is no JSON here.
local function json(text, at, depth)
  local sign = text:sub(at, at)
  if sign == "{" then return object(text, at, depth + 1) end
  if sign == "[" then return list(text, at, depth + 1) end
  if sign == '"' then
    local raw, stop = string_(text, at)
    if raw == nil then return nil end
    local before = decoded(raw)
    local after = lineOf(before, depth + 1)
    return before == after and '"' .. raw .. '"' or encoded(after), stop, before
  end
  local word, stop = text:match("^([%w.+-]+)()", at)
  if word == nil or not (word == "true" or word == "false" or word == "null" or word:find("^%-?%d+%.?%d*[eE]?[+-]?%d*$")) then return nil end
  return word, stop
end

-- Members that say of which field the one beside them is: {"name": "Authorization", "value": "…"}.
local NAMED = { name = true, key = true, field = true, header = true, param = true, parameter = true, k = true }
local VALUED = { value = true, values = true, val = true, v = true, content = true }

function member(text, at, depth)
  if text:sub(at, at) ~= '"' then return nil end
  local raw, stop = string_(text, at)
  if raw == nil then return nil end
  local colon = skip(text, stop)
  if text:sub(colon, colon) ~= ":" then return nil end
  local from = skip(text, colon + 1)
  local written, after, content = json(text, from, depth)
  if written == nil then return nil end
  return { name = decoded(raw), head = text:sub(at, from - 1), written = written, content = content }, after
end

function object(text, at, depth)
  local parts, members, tells = { "{" }, {}, false
  local from = skip(text, at + 1)
  parts[1] = text:sub(at, from - 1)
  if text:sub(from, from) == "}" then return parts[1] .. "}", from + 1 end
  while true do
    local one, stop = member(text, from, depth)
    if one == nil then return nil end
    members[#members + 1] = one
    if one.content and NAMED[one.name:lower()] and sensitive(one.content) then tells = true end
    local sign = skip(text, stop)
    local next_ = skip(text, sign + 1)
    one.tail = text:sub(stop, text:sub(sign, sign) == "," and next_ - 1 or sign)
    if text:sub(sign, sign) == "}" then from = sign + 1 break end
    if text:sub(sign, sign) ~= "," then return nil end
    from = next_
  end
  for _, one in ipairs(members) do
    local isName = NAMED[one.name:lower()] and one.content and not one.content:find("[%s=]")
    local gone = depth > DEEPEST or (sensitive(one.name) and not (isName and tells)) or (tells and VALUED[one.name:lower()])
    parts[#parts + 1] = one.head .. (gone and encoded(GONE) or one.written) .. one.tail
  end
  return table.concat(parts), from
end

function list(text, at, depth)
  local from = skip(text, at + 1)
  local parts = { text:sub(at, from - 1) }
  if text:sub(from, from) == "]" then return parts[1] .. "]", from + 1 end
  local afterName = false
  while true do
    local written, stop, content = json(text, from, depth)
    if written == nil then return nil end
    local sign = skip(text, stop)
    local mark = text:sub(sign, sign)
    if mark ~= "," and mark ~= "]" then return nil end
    local next_ = skip(text, sign + 1)
    -- Names and values in turn, as raw headers are: ["Cookie", "…"].
    parts[#parts + 1] = ((afterName or depth > DEEPEST) and encoded(GONE) or written) .. text:sub(stop, mark == "," and next_ - 1 or sign)
    afterName = not afterName and content ~= nil and content:find("^[%w_-]+$") ~= nil and sensitive(content)
    if mark == "]" then return table.concat(parts), sign + 1 end
    from = next_
  end
end

-- Lines ----------------------------------------------------------------------------------------------------------------

-- A line of text, of JSON, or of text with JSON in it.
function lineOf(text, depth)
  if depth > DEEPEST then return GONE end
  local parts, done, from, failed = {}, 1, 1, 0
  while failed < MOST_FAILED do
    local at = text:find("[{%[]", from)
    if at == nil then break end
    local written, stop
    if at == 1 or text:sub(at, at) == "{" then written, stop = json(text, at, depth) end
    if written then
      local head, open = plain(text:sub(done, at - 1))
      -- What was taken out goes on in this object: `cookie: a={…}`, `secret={…}`.
      if open then break end
      parts[#parts + 1] = head .. written
      done, from = stop, stop
    else
      failed, from = failed + 1, at + 1
    end
  end
  return table.concat(parts) .. (plain(text:sub(done)))
end

-- Whether the line is one object, and says of itself that it belongs to the audit trail: {"audit": true, …}.
local function kindOf(text)
  local at = skip(text, 1)
  if text:sub(at, at) ~= "{" then return false, false end
  local written, stop = json(text, at, 0)
  if written == nil or skip(text, stop) <= #text then return false, false end
  local place = skip(text, at + 1)
  while text:sub(place, place) == '"' do
    local one, after = member(text, place, 0)
    if one == nil then break end
    if one.name == "audit" and one.written == "true" then return true, true end
    place = skip(text, skip(text, after) + 1)
  end
  return true, false
end

local function sent(tag, record)
  -- class_namespace_pod_container: none of the four can have an underscore in it.
  local class, namespace, pod, container = tag:match("^([^_]+)_([^_]*)_([^_]*)_([^_]*)$")
  local line = tostring(record["log"] or "")
  local isObject, isAudit = kindOf(line)
  local text = lineOf(line, 0)
  if class == "application" and isAudit then class = "audit" end
  local message = string.format('{"class":%s,"namespace":%s,"pod":%s,"container":%s,"stream":%s,"log":%s}', encoded(class or "system"), encoded(namespace or ""),
    encoded(pod or ""), encoded(container or ""), encoded(tostring(record["stream"] or "")), isObject and text or encoded(text))
  return { class = class or "system", source = pod and (namespace .. "." .. pod .. "." .. container) or "unknown", message = message }
end

-- Called by Fluent Bit. 2: the record is another one, its time stays.
function collect(tag, timestamp, record)
  local ok, out = pcall(sent, tag, record)
  if not ok then out = { class = "system", source = "redaction", message = '{"class":"system","log":"a line could not be redacted and is left out"}' } end
  return 2, timestamp, out
end
