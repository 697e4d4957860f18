-- For wrk: calls with two wrong keys; many different ones, so that nothing can be remembered.
local requests = {}
local sent = 0

function init(args)
  for i = 1, 500 do
    local path = string.format("/wrong-magic-key-%d-Jq8dK2mT/wrong-task-key-%d-x5Vn3Wc", i, i)
    requests[i] = wrk.format("GET", path)
  end
end

function request()
  sent = sent + 1
  return requests[sent % #requests + 1]
end
