-- The second file: fields of JSON, in objects however deep, in strings that hold JSON, and in pairs of a name and a value.

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
