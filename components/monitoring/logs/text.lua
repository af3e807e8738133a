-- Takes out of a log line what could log somebody in: fields of plain text, and secrets by their look.
--
-- The first of the three files of one script (script.ts puts them together), which Fluent Bit calls for every line before
-- anything is sent (its documentation, "Lua filter"; it embeds LuaJIT). A line is read as text and written as text: numbers,
-- empty lists and the order of fields stay as they were, which they would not as tables of Lua.

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

-- Brackets in quotes do not count; where quotes do not end, the value does not either.
local function bracketed(text, at)
  local depth, place = 0, at
  while true do
    place = text:find('[{}%[%]()"]', place)
    if place == nil then return #text + 1 end
    local sign = text:sub(place, place)
    if sign == '"' then
      local _, stop = string_(text, place)
      if stop == nil then return #text + 1 end
      place = stop - 1
    elseif CLOSING[sign] then
      depth = depth + 1
    else
      depth = depth - 1
      if depth == 0 then return place + 1 end
    end
    place = place + 1
  end
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
  if key then text = text:sub(1, key - 1) .. GONE .. (text:match("^.*%-%-%-%-%-END [%w ]*PRIVATE KEY%-%-%-%-%-(.*)$", key) or "") end
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
