# Makes base-bits.json: bits per byte of a text of our own under the base model, by PyTorch.
# pip install torch safetensors numpy; run from the repository's root.
import json, math, torch
from safetensors.torch import load_file
text = ("The ferry was late again, so we sat on the harbour wall and counted the boats. \"Nine,\" said Ines; I had ten.\n"
        "It's odd how quickly a habit forms: two mornings, and already the gulls knew which of us had the bread.\n"
        "Für die Rückfahrt nahmen wir den Zug. 우리는 다시 올 것이다.\n")
weights = {k: v.float() for k, v in load_file("assets/network/base.safetensors").items()}
embed = torch.nn.Embedding(256, 64); rnn = torch.nn.LSTM(64, 512, 2); out = torch.nn.Linear(512, 256)
for name, module in (("embed", embed), ("rnn", rnn), ("out", out)):
    module.load_state_dict({k[len(name) + 1:]: v for k, v in weights.items() if k.startswith(name + ".")})
symbols = torch.tensor([0] + list(text.encode()))
with torch.no_grad():
    logits = out(rnn(embed(symbols[:-1])[:, None])[0])[:, 0]
nats = torch.nn.functional.cross_entropy(logits, symbols[1:]).item()
json.dump({"text": text, "bits_per_byte": nats / math.log(2)}, open("crates/model/tests/oracle/base-bits.json", "w"), ensure_ascii=False, indent=1)
print(nats / math.log(2))
