-- The third file: a whole line, where it comes from, and what Fluent Bit is given back. Each mistake of the script ends in a
-- line that says so and shows nothing of the original.

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

-- Whether the line is one object, whether it says of itself that it belongs to the audit trail, {"audit": true, …}, and of which
-- status an answer it tells, {"status": "429", …}.
local function kindOf(text)
  local at = skip(text, 1)
  if text:sub(at, at) ~= "{" then return false, false end
  local written, stop = json(text, at, 0)
  if written == nil or skip(text, stop) <= #text then return false, false end
  local place = skip(text, at + 1)
  local isAudit, status = false, nil
  while text:sub(place, place) == '"' do
    local one, after = member(text, place, 0)
    if one == nil then break end
    if one.name == "audit" and one.written == "true" then isAudit = true end
    if one.name == "status" then status = one.written:match('^"?([1-5]%d%d)"?$') end
    place = skip(text, skip(text, after) + 1)
  end
  return true, isAudit, status
end

local function sent(tag, record)
  -- class_namespace_pod_container: none of the four can have an underscore in it.
  local class, namespace, pod, container = tag:match("^([^_]+)_([^_]*)_([^_]*)_([^_]*)$")
  local line = tostring(record["log"] or "")
  local isObject, isAudit, status = kindOf(line)
  local text = lineOf(line, 0)
  if class == "application" and isAudit then class = "audit" end
  local message = string.format('{"class":%s,"namespace":%s,"pod":%s,"container":%s,"stream":%s,"log":%s}', encoded(class or "system"), encoded(namespace or ""),
    encoded(pod or ""), encoded(container or ""), encoded(tostring(record["stream"] or "")), isObject and text or encoded(text))
  return { class = class or "system", source = pod and (namespace .. "." .. pod .. "." .. container) or "unknown", message = message, status = class == "ingress" and status or nil }
end

-- Called by Fluent Bit. 2: the record is another one, its time stays.
function collect(tag, timestamp, record)
  local ok, out = pcall(sent, tag, record)
  if not ok then out = { class = "system", source = "redaction", message = '{"class":"system","log":"a line could not be redacted and is left out"}' } end
  return 2, timestamp, out
end
