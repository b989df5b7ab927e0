"""Answers to the exercises of chapter 2."""

import math

import numpy as np
from catalogue import right, wrong

# step_jacobian


@right("step_jacobian")
def product_with_a_diagonal_matrix(x_t, h_prev, W_xh, W_hh, b_h):
    """The equation of the chapter, letter by letter; the slope from the hyperbolic cosine."""
    a = h_prev @ W_hh + x_t @ W_xh + b_h
    return W_hh @ np.diag(1 / np.cosh(a) ** 2)


@right("step_jacobian")
def entry_by_entry(x_t, h_prev, W_xh, W_hh, b_h):
    """Two loops over the units."""
    units = len(h_prev)
    J = np.empty((units, units))
    for j in range(units):
        a_j = b_h[j]
        for k in range(len(x_t)):
            a_j += x_t[k] * W_xh[k, j]
        for i in range(units):
            a_j += h_prev[i] * W_hh[i, j]
        h_j = math.tanh(a_j)
        for i in range(units):
            J[i, j] = W_hh[i, j] * (1 - h_j * h_j)
    return J


@right("step_jacobian")
def by_small_differences(x_t, h_prev, W_xh, W_hh, b_h):
    """Numerically, by central differences."""

    def step(h):
        return np.tanh(x_t @ W_xh + h @ W_hh + b_h)

    push = 1e-5 * np.eye(len(h_prev))
    return np.array([(step(h_prev + p) - step(h_prev - p)) / 2e-5 for p in push])


@wrong("step_jacobian", "slope on the wrong side")
def diagonal_first(x_t, h_prev, W_xh, W_hh, b_h):
    """The diagonal matrix stands on the left."""
    slope = 1 - np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h) ** 2
    return np.diag(slope) @ W_hh


@wrong("step_jacobian", "transposed")
def as_with_columns(x_t, h_prev, W_xh, W_hh, b_h):
    """New units by row, old ones by column, as in books with column vectors."""
    h = np.tanh(W_xh.T @ x_t + W_hh.T @ h_prev + b_h)
    return np.diag(1 - h * h) @ W_hh.T


@wrong("step_jacobian", "derivative at the pre-activation")
def forgot_to_apply_tanh(x_t, h_prev, W_xh, W_hh, b_h):
    """The pre-activation goes into 1 - h²."""
    h_t = x_t @ W_xh + h_prev @ W_hh + b_h
    return W_hh * (1 - h_t**2)


@wrong("step_jacobian", "this state for the one before")
def slope_of_the_old_state(x_t, h_prev, W_xh, W_hh, b_h):
    """Uses the state that is at hand, so the inputs are never read."""
    return W_hh * (1 - h_prev**2)


@wrong("step_jacobian", "bias forgotten")
def step_without_bias(x_t, h_prev, W_xh, W_hh, b_h):
    """The step is run without its bias."""
    h_t = np.tanh(np.dot(x_t, W_xh) + np.dot(h_prev, W_hh))
    return W_hh * (1 - h_t**2)[None, :]


# spectral_bound


@right("spectral_bound")
def from_the_singular_values(W_hh, activation, n):
    """The largest singular value, and a product in a loop."""
    gamma = 1.0 if activation == "tanh" else 0.25
    stretch = np.linalg.svd(W_hh)[1].max()
    bound = 1.0
    for _ in range(n):
        bound *= gamma * stretch
    return bound


@right("spectral_bound")
def by_power_iteration(W_hh, activation, n):
    """Finds the furthest stretch by sending a row to and fro."""
    row = np.arange(1.0, len(W_hh) + 1)
    for _ in range(5000):
        row = row @ W_hh.T @ W_hh
        if not np.any(row):
            break
        row = row / np.linalg.norm(row)
    stretch = np.linalg.norm(row @ W_hh.T)
    return np.array([stretch**n * (0.25**n if activation == "sigmoid" else 1)])


@wrong("spectral_bound", "eigenvalue for singular value")
def from_the_radius(W_hh, activation, n):
    """The spectral radius in place of the spectral norm."""
    gamma = {"tanh": 1, "sigmoid": 1 / 4}[activation]
    rho = max(abs(np.linalg.eigvals(W_hh)))
    return (gamma * rho) ** n


@wrong("spectral_bound", "Frobenius norm for spectral norm")
def default_norm(W_hh, activation, n):
    """np.linalg.norm without its second argument."""
    gamma = 1 if activation == "tanh" else 0.25
    return (gamma * np.linalg.norm(W_hh)) ** n


@wrong("spectral_bound", "slope counted once")
def power_of_the_norm_alone(W_hh, activation, n):
    """The power binds closer than the product."""
    gamma = 1 if activation == "tanh" else 0.25
    return gamma * np.linalg.norm(W_hh, 2) ** n


@wrong("spectral_bound", "norm of the power")
def stretch_of_n_steps_at_once(W_hh, activation, n):
    """The norm of the matrix to the power n, as for a linear network."""
    gamma = {"tanh": 1.0, "sigmoid": 0.25}[activation]
    W_n = np.eye(len(W_hh))
    for _ in range(n):
        W_n = W_n @ W_hh
    return gamma**n * np.linalg.svd(W_n, compute_uv=False)[0]


@wrong("spectral_bound", "root of the eigenvalue forgotten")
def from_the_squares(W_hh, activation, n):
    """The largest eigenvalue of W Wᵀ, without the root."""
    gamma = {"tanh": 1.0, "sigmoid": 0.25}[activation]
    return (gamma * np.linalg.eigvalsh(W_hh @ W_hh.T).max()) ** n


@wrong("spectral_bound", "derivative missing")
def no_slope(W_hh, activation, n):
    """Forgets the activation."""
    return np.linalg.norm(W_hh, ord=2) ** n


# scale_to_radius


@right("scale_to_radius")
def from_the_characteristic_polynomial(W, radius):
    """The eigenvalues as the roots of a polynomial."""
    roots = np.roots(np.poly(np.array(W)))
    return np.array(W) / np.max(np.hypot(roots.real, roots.imag)) * radius


@right("scale_to_radius")
def divided_then_multiplied(W, radius):
    """In two steps, with eig, on a copy."""
    new = W.copy()
    eigenvalues, _ = np.linalg.eig(W)
    largest = 0
    for value in eigenvalues:
        largest = max(largest, abs(value))
    new /= largest
    new *= radius
    return new


@wrong("scale_to_radius", "spectral norm for the radius")
def to_a_norm(W, radius):
    """Scales the spectral norm."""
    return radius * W / np.linalg.norm(W, 2)


@wrong("scale_to_radius", "size of the real part alone")
def drops_the_imaginary_part(W, radius):
    """Casts complex eigenvalues to real ones."""
    values = np.linalg.eigvals(W).astype(float)
    return radius * W / np.abs(values).max()


@wrong("scale_to_radius", "largest real part")
def largest_number(W, radius):
    """The largest eigenvalue by its real part, sign and all."""
    return W * radius / max(np.real(np.linalg.eigvals(W)))


@wrong("scale_to_radius", "largest before its size")
def size_of_the_largest(W, radius):
    """Maximum first, size afterwards."""
    return W * radius / abs(np.linalg.eigvals(W).max())


@wrong("scale_to_radius", "only scaled down")
def as_if_it_were_clipping(W, radius):
    """Leaves a matrix alone whose radius is small enough."""
    rho = np.abs(np.linalg.eigvals(W)).max()
    if rho > radius:
        return W * radius / rho
    return W


@wrong("scale_to_radius", "input changed in place")
def writes_into_the_weights(W, radius):
    """Right, but in the caller's array."""
    W *= radius / np.abs(np.linalg.eigvals(W)).max()
    return W


# clip_by_value


@right("clip_by_value")
def minimum_of_maximum(g, c):
    """The formula."""
    return np.minimum(np.maximum(g, -c), c)


@right("clip_by_value")
def with_masks(g, c):
    """Both sides by a mask, on a copy."""
    out = np.array(g, dtype=float)
    out[out > c] = c
    out[out < -c] = -c
    return out


@wrong("clip_by_value", "only from above")
def one_sided(g, c):
    """Forgets the lower end."""
    return np.where(g > c, c, g)


@wrong("clip_by_value", "sign forgotten")
def plus_c_for_all(g, c):
    """Judges by the size and writes +c."""
    out = g.copy()
    out[abs(out) > c] = c
    return out


@wrong("clip_by_value", "clip by norm for clip by value")
def the_other_clipping(g, c):
    """Scales the array by its norm."""
    norm = np.sqrt((g**2).sum())
    return g * c / norm if norm > c else g


@wrong("clip_by_value", "scaled by the largest entry")
def keeps_the_direction(g, c):
    """Scales until the largest entry fits."""
    return g / max(1, np.abs(g).max() / c)


@wrong("clip_by_value", "input changed in place")
def clipped_in_place(g, c):
    """Uses out=, as the library does."""
    np.clip(g, -c, c, out=g)
    return g


# clip_by_norm


@right("clip_by_norm")
def one_long_vector(grads, c):
    """Joins all entries, and cuts the long vector up again."""
    flat = np.concatenate([grads[name].ravel() for name in grads])
    norm = np.linalg.norm(flat)
    if norm > c:
        flat = flat * (c / norm)
    out, start = {}, 0
    for name, g in grads.items():
        out[name] = flat[start : start + g.size].reshape(g.shape)
        start += g.size
    return out


@right("clip_by_norm")
def with_a_small_number_added(grads, c):
    """As PyTorch does it, with 1e-6 in the denominator and a copy."""
    out = {name: g.copy() for name, g in grads.items()}
    total = math.sqrt(sum(float((g * g).sum()) for g in out.values()))
    factor = min(1.0, c / (total + 1e-6))
    for g in out.values():
        g *= factor
    return out


@right("clip_by_norm")
def returns_what_came_in_if_short(grads, c):
    """Below the limit the same dict comes back; norms of norms."""
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads.values()])
    if norm <= c:
        return grads
    return {k: v * c / norm for k, v in grads.items()}


@right("clip_by_norm")
def as_a_list_of_three(grads, c):
    """The clipped arrays, in the order of the names."""
    norm = np.sqrt(sum(np.sum(g * g) for g in grads.values()))
    return [grads[name] * (c / max(norm, c)) for name in ("W_xh", "W_hh", "b_h")]


@wrong("clip_by_norm", "clip each array by itself")
def each_to_its_own_norm(grads, c):
    """A norm and a factor for each array."""
    clipped = {}
    for name, g in grads.items():
        norm = np.linalg.norm(g)
        clipped[name] = g * c / norm if norm > c else g
    return clipped


@wrong("clip_by_norm", "always rescaled")
def no_condition(grads, c):
    """Divides by the norm in every case."""
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    return {name: c * g / norm for name, g in grads.items()}


@wrong("clip_by_norm", "clip per element")
def each_entry_by_itself(grads, c):
    """Clips by value."""
    return {name: np.clip(g, -c, c) for name, g in grads.items()}


@wrong("clip_by_norm", "root forgotten")
def squared_length(grads, c):
    """No root."""
    norm = 0
    for g in grads.values():
        norm = norm + np.sum(g**2)
    scale = c / norm if norm > c else 1
    return {name: scale * g for name, g in grads.items()}


@wrong("clip_by_norm", "sum of norms")
def norms_added_up(grads, c):
    """Adds the norms of the arrays."""
    norm = sum(np.linalg.norm(g) for g in grads.values())
    return {name: (g * c / norm if norm > c else g) for name, g in grads.items()}


@wrong("clip_by_norm", "input changed in place")
def scaled_where_they_are(grads, c):
    """Right, but `*=` writes into the arrays that came in."""
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    if norm > c:
        for g in grads.values():
            g *= c / norm
    return grads


# gradient_norms


def forward(x, h_0, W_xh, W_hh, b_h):
    h = np.zeros((len(x) + 1, len(h_0)))
    h[0] = h_0
    for t in range(len(x)):
        h[t + 1] = np.tanh(x[t] @ W_xh + h[t] @ W_hh + b_h)
    return h


@right("gradient_norms")
def with_arrays_of_all_steps(x, dh, h_0, W_xh, W_hh, b_h):
    """Stores all gradients first, takes all norms at the end."""
    h = forward(x, h_0, W_xh, W_hh, b_h)
    G = np.vstack([np.zeros((1, len(h_0))), dh])
    da = np.zeros_like(dh, dtype=float)
    for t in reversed(range(len(x))):
        da[t] = G[t + 1] * (1 - h[t + 1] ** 2)
        G[t] += W_hh @ da[t]
    steps = np.einsum("ti,tj->tij", h[:-1], da)
    parts = np.linalg.norm(steps, axis=(1, 2))
    return np.linalg.norm(G, axis=1), parts, np.linalg.norm(h[:-1].T @ da)


@right("gradient_norms")
def loss_by_loss(x, dh, h_0, W_xh, W_hh, b_h):
    """One walk back for each loss term, by products of Jacobians; the contributions are added."""
    h = forward(x, h_0, W_xh, W_hh, b_h)
    T, units = dh.shape
    total = [np.zeros(units) for _ in range(T + 1)]
    for s in range(1, T + 1):
        row = dh[s - 1]
        total[s] = total[s] + row
        for t in range(s, 0, -1):
            row = row @ (W_hh @ np.diag(1 - h[t] ** 2)).T
            total[t - 1] = total[t - 1] + row
    parts, whole = [], 0
    for t in range(1, T + 1):
        da = total[t] * (1 - h[t] ** 2)
        parts.append(np.linalg.norm(h[t - 1]) * np.linalg.norm(da))
        whole = whole + h[t - 1][:, None] * da
    return [np.linalg.norm(g) for g in total], parts, np.linalg.norm(whole)


@wrong("gradient_norms", "missing transpose")
def back_as_forward(x, dh, h_0, W_xh, W_hh, b_h):
    """The step back multiplies by W_hh as it is."""
    h = forward(x, h_0, W_xh, W_hh, b_h)
    T = len(x)
    norms, parts, dW = np.zeros(T + 1), np.zeros(T), 0
    back = np.zeros(len(h_0))
    for t in range(T, 0, -1):
        g = dh[t - 1] + back
        norms[t] = np.sqrt(np.sum(g**2))
        da = g * (1 - h[t] ** 2)
        dW = dW + np.outer(h[t - 1], da)
        parts[t - 1] = np.linalg.norm(np.outer(h[t - 1], da))
        back = np.dot(da, W_hh)
    norms[0] = np.sqrt(np.sum(back**2))
    return norms, parts, np.linalg.norm(dW)


@wrong("gradient_norms", "sum of norms")
def total_from_the_parts(x, dh, h_0, W_xh, W_hh, b_h):
    """Adds up the norms of the parts."""
    norms, parts, _ = with_arrays_of_all_steps(x, dh, h_0, W_xh, W_hh, b_h)
    return norms, parts, sum(parts)


@wrong("gradient_norms", "order of the walk")
def appended_on_the_way(x, dh, h_0, W_xh, W_hh, b_h):
    """Appends on the way back and forgets to turn the lists round."""
    h = forward(x, h_0, W_xh, W_hh, b_h)
    norms, parts, grads, g = [], [], [], np.zeros(len(h_0))
    for t in reversed(range(len(x))):
        g = g + dh[t]
        norms.append(np.linalg.norm(g))
        da = g * (1 - h[t + 1] ** 2)
        grads.append(np.outer(h[t], da))
        parts.append(np.linalg.norm(grads[-1]))
        g = da @ W_hh.T
    norms.append(np.linalg.norm(g))
    return norms, parts, np.linalg.norm(sum(grads))


@wrong("gradient_norms", "path forgotten: the earlier losses")
def last_loss_only(x, dh, h_0, W_xh, W_hh, b_h):
    """As the chapter's own loop: one loss, at the end."""
    h = forward(x, h_0, W_xh, W_hh, b_h)
    g = dh[-1]
    norms, parts, dW = [np.linalg.norm(g)], [], np.zeros_like(W_hh)
    for t in reversed(range(len(x))):
        da = g * (1 - h[t + 1] ** 2)
        dW += np.outer(h[t], da)
        parts.insert(0, np.linalg.norm(h[t]) * np.linalg.norm(da))
        g = da @ W_hh.T
        norms.insert(0, np.linalg.norm(g))
    return np.array(norms), np.array(parts), np.linalg.norm(dW)


@wrong("gradient_norms", "this state for the one before")
def outer_product_with_the_new_state(x, dh, h_0, W_xh, W_hh, b_h):
    """An index too high in the outer product."""
    h = forward(x, h_0, W_xh, W_hh, b_h)[1:]
    norms, parts, dW, back = [], [], 0, 0
    for h_t, dh_t in zip(h[::-1], dh[::-1], strict=True):
        g = dh_t + back
        norms.append(np.linalg.norm(g))
        da = g * (1 - h_t**2)
        step = np.outer(h_t, da)
        parts.append(np.linalg.norm(step))
        dW = dW + step
        back = da @ W_hh.T
    norms.append(np.linalg.norm(back))
    return norms[::-1], parts[::-1], np.linalg.norm(dW)


@wrong("gradient_norms", "input changed in place")
def adds_into_the_losses(x, dh, h_0, W_xh, W_hh, b_h):
    """Right, but adds what comes back into the rows of `dh`."""
    h = forward(x, h_0, W_xh, W_hh, b_h)
    da = np.zeros_like(dh)
    for t in reversed(range(len(x))):
        da[t] = dh[t] * (1 - h[t + 1] ** 2)
        if t:
            dh[t - 1] += da[t] @ W_hh.T
    first = np.linalg.norm(da[0] @ W_hh.T)
    norms = np.concatenate([[first], np.linalg.norm(dh, axis=1)])
    parts = np.linalg.norm(h[:-1], axis=1) * np.linalg.norm(da, axis=1)
    return norms, parts, np.linalg.norm(h[:-1].T @ da)
