#!/usr/bin/env bash
# Cache cleanup: walks the keys without blocking the server, finds those without expiry, removes them when they have
# a configured prefix, never a session. Everything else without expiry is counted and reported by its prefix.
#
# Environment beside that of lib.sh
#   REDIS_HOST REDIS_PORT     cache
#   REDIS_TLS                 yes: connect with TLS (default yes)
#   REDIS_SECRET_ARN          secret with authToken; REDISCLI_AUTH instead of it where there is none
#   PREFIXES                  prefixes that may be removed, separated by spaces; empty only reports
#   SESSION_PREFIXES          prefixes that are never touched (default "session: sessions: sess:")
#   DRY_RUN                   yes: remove nothing (default no)
#   PAGE                      keys a step (default 500)
set -euo pipefail
# shellcheck source=components/jobs/scripts/lib.sh
source "${LIB:-$(dirname "$0")/lib.sh}"

need REDIS_HOST REDIS_PORT
: "${SESSION_PREFIXES:=session: sessions: sess:}"
read -r -a prefixes <<<"${PREFIXES:-}"
read -r -a sessions <<<"$SESSION_PREFIXES"
for prefix in ${prefixes[@]+"${prefixes[@]}"}; do
  for session in "${sessions[@]}"; do
    if [[ $session == "$prefix"* || $prefix == "$session"* ]]; then
      say "error: PREFIXES has \"$prefix\", which reaches sessions (\"$session\"); name a longer prefix of the cache alone"
      exit 2
    fi
  done
done
job_start

if [[ -z ${REDISCLI_AUTH:-} && -n ${REDIS_SECRET_ARN:-} ]]; then
  REDISCLI_AUTH=$(api secretsmanager get-secret-value --secret-id "$REDIS_SECRET_ARN" --query SecretString --output text | jq -er .authToken) || fail "the cache's secret can not be read"
  export REDISCLI_AUTH
fi

redis() {
  local options=(-h "$REDIS_HOST" -p "$REDIS_PORT" --no-auth-warning -e)
  [[ ${REDIS_TLS:-yes} != yes ]] || options+=(--tls)
  timeout 60 redis-cli "${options[@]}" "$@" </dev/null
}

# One page: age check and removal happen in one step on the server, so a key that gets its expiry meanwhile is safe.
# Answers cursor, keys seen, without expiry, removed, and the prefixes of what is left without expiry.
read -r -d '' PAGE_SCRIPT <<'LUA' || true
local page = redis.call('SCAN', ARGV[1], 'COUNT', ARGV[2])
local function has(key, list)
  for prefix in string.gmatch(list, '%S+') do
    if string.sub(key, 1, #prefix) == prefix then return true end
  end
  return false
end
local seen, endless, removed, left = 0, 0, 0, {}
for _, key in ipairs(page[2]) do
  seen = seen + 1
  if redis.call('TTL', key) == -1 then
    endless = endless + 1
    if has(key, ARGV[3]) and not has(key, ARGV[4]) then
      if ARGV[5] ~= 'yes' then redis.call('UNLINK', key) end
      removed = removed + 1
    else
      table.insert(left, (string.match(key, '^[%w_.-]+:') or '(no prefix)'))
    end
  end
end
return {page[1], seen, endless, removed, table.concat(left, ' ')}
LUA

redis PING >/dev/null 2>"$SCRATCH/error" || fail "Redis at $REDIS_HOST:$REDIS_PORT does not answer: $(tail -n 1 "$SCRATCH/error")"
cursor=0 seen=0 endless=0 removed=0
: >"$SCRATCH/left"
while :; do
  answer=$(redis EVAL "$PAGE_SCRIPT" 0 "$cursor" "${PAGE:-500}" "${PREFIXES:-}" "$SESSION_PREFIXES" "${DRY_RUN:-no}" 2>"$SCRATCH/error") ||
    fail "Redis at $REDIS_HOST:$REDIS_PORT broke off after $seen keys: $(tail -n 1 "$SCRATCH/error") ${answer:-}"
  mapfile -t page <<<"$answer"
  [[ ${page[0]} =~ ^[0-9]+$ ]] || fail "Redis answered: ${page[0]}"
  cursor=${page[0]}
  seen=$((seen + page[1])) endless=$((endless + page[2])) removed=$((removed + page[3]))
  tr ' ' '\n' <<<"${page[4]:-}" >>"$SCRATCH/left"
  [[ $cursor != 0 ]] || break
done
while read -r count prefix; do
  say "$count keys without expiry stay: $prefix"
done < <(sed '/^$/d' "$SCRATCH/left" | sort | uniq -c | sort -rn | head -n 20)
metric CacheKeys "$seen" Count
metric CacheKeysWithoutExpiry "$((endless - removed))" Count
metric CacheKeysRemoved "$removed" Count
if [[ ${DRY_RUN:-no} == yes ]]; then verb="would be removed"; else verb="removed"; fi
say "$seen keys, $endless without expiry, $removed $verb"
