# Makes the PyTorch oracle of the simple recurrent and the GRU cell: weights, loss and every gradient of two small models.
import torch, json
V, E, H, L = 12, 4, 5, 2

class M(torch.nn.Module):
    def __init__(s, rnn):
        super().__init__()
        s.embed = torch.nn.Embedding(V, E); s.rnn = rnn; s.out = torch.nn.Linear(H, V)
    def forward(s, x):
        return s.out(s.rnn(s.embed(x))[0])

x = torch.tensor([[3, 11, 0, 7, 7, 2, 9, 4, 1, 10], [5, 6, 8, 0, 1, 1, 3, 2, 11, 4]]).t()
out = {'note': 'batch of 2, time-major; the loss is the mean negative log-likelihood in nats; states start at zero; float64',
       'symbols': x.tolist(), 'models': {}}
for name, make in {'rnn_tanh': lambda: torch.nn.RNN(E, H, L), 'gru': lambda: torch.nn.GRU(E, H, L)}.items():
    torch.manual_seed(11)
    m = M(make()).double()
    loss = torch.nn.functional.cross_entropy(m(x[:-1]).flatten(0, 1), x[1:].flatten())
    loss.backward()
    out['models'][name] = {'loss': loss.item(),
        'weights': {k: p.detach().flatten().tolist() for k, p in m.named_parameters()},
        'gradients': {k: p.grad.flatten().tolist() for k, p in m.named_parameters()}}
json.dump(out, open('cells-small.json', 'w'))
