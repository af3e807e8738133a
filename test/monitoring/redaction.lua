-- Runs the script as Fluent Bit does (LuaJIT, one call a record), for a test that gives and gets lines in hex: tag, stream, line.
local function unhex(text) return (text:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end)) end
local function hex(text) return (text:gsub(".", function(sign) return string.format("%02x", sign:byte()) end)) end
dofile(arg[1])
for line in io.lines() do
  local tag, stream, log = line:match("^(%x*) (%x*) (%x*)$")
  local record = { log = unhex(log), stream = unhex(stream) }
  -- An empty tag stands for none: something that the script can not work with.
  local code, timestamp, out = collect(tag ~= "" and unhex(tag) or nil, 42, record)
  assert(timestamp == 42, "the time of a record is not the script's")
  io.write(code, " ", hex(out.class), " ", hex(out.source), " ", hex(out.message), " ", hex(out.status or ""), "\n")
end
