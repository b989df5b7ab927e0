"""Answers to the exercises of chapter 02, written from their text alone."""

import numpy as np
from catalogue import right, wrong

# step_jacobian


@right("step_jacobian")
def jacobian_entry_by_entry(x_t, h_prev, W_xh, W_hh, b_h):
    """Two loops over the entries, with the slope of the column's unit as 1 / cosh^2."""
    H = len(h_prev)
    a = x_t @ W_xh + h_prev @ W_hh + b_h
    J = np.zeros((H, H))
    for i in range(H):
        for j in range(H):
            J[i, j] = W_hh[i, j] / np.cosh(a[j]) ** 2
    return J


@right("step_jacobian")
def jacobian_by_complex_step(x_t, h_prev, W_xh, W_hh, b_h):
    """All states moved at once, row i by a tiny imaginary number in place i."""
    moved = h_prev + 1e-30j * np.eye(len(h_prev))
    return np.imag(np.tanh(x_t @ W_xh + moved @ W_hh + b_h)) / 1e-30


@wrong("step_jacobian", "transposed")
def jacobian_output_first(x_t, h_prev, W_xh, W_hh, b_h):
    """The usual column convention: entry [i, j] is dh_t[i] / dh_prev[j]."""
    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return np.diag(1 - h_t**2) @ W_hh.T


@wrong("step_jacobian", "slope on the wrong side")
def jacobian_slope_on_rows(x_t, h_prev, W_xh, W_hh, b_h):
    """The slope belongs to the column j; here it is diag(slope) @ W_hh."""
    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    slope = 1 - h_t**2
    return slope[:, None] * W_hh


@wrong("step_jacobian", "this state for the one before")
def jacobian_slope_of_h_prev(x_t, h_prev, W_xh, W_hh, b_h):
    """1 - h_{t-1}^2 instead of 1 - h_t^2; the step is never run."""
    return np.einsum("ij,j->ij", W_hh, 1 - np.square(h_prev))


@wrong("step_jacobian", "derivative at the pre-activation")
def jacobian_slope_of_a(x_t, h_prev, W_xh, W_hh, b_h):
    """The formula 1 - h^2 holds for h = tanh(a), and gets a."""
    a = np.dot(x_t, W_xh) + np.dot(h_prev, W_hh) + b_h
    return W_hh * (1 - a**2)


@wrong("step_jacobian", "sum of squares for the squares")
def jacobian_dot_for_square(x_t, h_prev, W_xh, W_hh, b_h):
    """h_t @ h_t is the sum of the squares, one number, not the squares."""
    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return W_hh * (1 - h_t @ h_t)


@wrong("step_jacobian", "path forgotten: the input", "bias forgotten")
def jacobian_without_input(x_t, h_prev, W_xh, W_hh, b_h):
    """They do not depend on h_prev, so they were dropped; but the slope needs them."""
    new = np.tanh(h_prev @ W_hh)
    return W_hh @ np.diag(1 - new * new)


@wrong("step_jacobian", "derivative of the wrong function", "forward pass with the transpose")
def jacobian_sigmoid_slope(x_t, h_prev, W_xh, W_hh, b_h):
    """Two mistakes: h (1 - h) is the sigmoid's slope, and the step uses W_hh @ h_prev."""
    h = np.tanh(x_t @ W_xh + W_hh @ h_prev + b_h)
    return W_hh * (h * (1 - h))


# spectral_bound


@right("spectral_bound")
def bound_from_gram_matrix(W_hh, activation, n):
    """The largest singular value as the root of the largest eigenvalue of W W^T."""
    sigma = np.sqrt(np.linalg.eigvalsh(W_hh @ W_hh.T)[-1])
    return float((sigma * {"tanh": 1.0, "sigmoid": 0.25}[activation]) ** n)


@right("spectral_bound")
def bound_by_steps(W_hh, activation, n):
    """Multiplies step by step."""
    bound = 1.0
    for _ in range(n):
        bound *= np.linalg.norm(W_hh, 2)
        if activation == "sigmoid":
            bound /= 4
    return bound


def _gamma(activation):
    return 0.25 if activation == "sigmoid" else 1.0


@wrong("spectral_bound", "eigenvalue for singular value")
def bound_from_eigenvalues(W_hh, activation, n):
    """The radius says what happens in the long run; it is no bound for n steps."""
    rho = max(abs(lam) for lam in np.linalg.eigvals(W_hh))
    return (_gamma(activation) * rho) ** n


@wrong("spectral_bound", "Frobenius norm for spectral norm")
def bound_default_norm(W_hh, activation, n):
    """np.linalg.norm(W) without the 2 is the root of the sum of all squares."""
    gamma = {"tanh": 1, "sigmoid": 1 / 4}[activation]
    return (gamma * np.linalg.norm(W_hh)) ** n


@wrong("spectral_bound", "slope counted once")
def bound_gamma_once(W_hh, activation, n):
    """Returns gamma * sigma^n: the power does not reach the slope."""
    sigma = np.linalg.svd(W_hh, compute_uv=False)[0]
    return _gamma(activation) * sigma**n


@wrong("spectral_bound", "norm of the power")
def bound_norm_of_power(W_hh, activation, n):
    """||W^n|| is smaller than ||W||^n; with slopes between the factors it proves nothing."""
    Wn = np.linalg.matrix_power(W_hh, n)
    return _gamma(activation) ** n * np.linalg.norm(Wn, 2)


@wrong("spectral_bound", "smallest singular value")
def bound_last_singular_value(W_hh, activation, n):
    """The svd sorts downwards; [-1] is the smallest (eigh would sort upwards)."""
    _, s, _ = np.linalg.svd(W_hh)
    return (_gamma(activation) * s[-1]) ** n


@wrong("spectral_bound", "value for slope")
def bound_half_slope(W_hh, activation, n):
    """0.5 is the sigmoid's value at 0; its slope there is 0.25."""
    gamma = {"tanh": 1 - np.tanh(0) ** 2, "sigmoid": 1 / (1 + np.exp(0))}[activation]
    return gamma**n * np.linalg.norm(W_hh, ord=2) ** n


@wrong("spectral_bound", "root of the eigenvalue forgotten", "one step too few")
def bound_squared_and_short(W_hh, activation, n):
    """Two mistakes: the eigenvalue of W^T W is sigma squared; and n - 1 steps for n > 0."""
    largest = np.linalg.eigvalsh(W_hh.T @ W_hh).max()
    return (_gamma(activation) * largest) ** max(n - 1, 0)


# scale_to_radius


@right("scale_to_radius")
def scale_hypot(W, radius):
    """The sizes from real and imaginary parts by hand."""
    lam = np.linalg.eigvals(W)
    return W * (radius / np.hypot(lam.real, lam.imag).max())


@right("scale_to_radius")
def scale_with_max_key(W, radius):
    """Picks the largest eigenvalue by its size and divides by that size."""
    values, _ = np.linalg.eig(W)
    dominant = max(values, key=abs)
    return np.multiply(W, float(radius) / abs(dominant))


@wrong("scale_to_radius", "spectral norm for the radius")
def scale_by_spectral_norm(W, radius):
    """np.linalg.norm(W, 2) is the largest stretch, not the largest eigenvalue's size."""
    return radius * W / np.linalg.norm(W, 2)


@wrong("scale_to_radius", "eigenvalues of a symmetric matrix")
def scale_with_eigvalsh(W, radius):
    """The function eigvalsh reads one triangle only and takes W to be symmetric."""
    return W * radius / np.abs(np.linalg.eigvalsh(W)).max()


@wrong("scale_to_radius", "size of the real part alone")
def scale_by_real_parts(W, radius):
    """np.real before np.abs: the size of a complex eigenvalue comes out too small."""
    eig = np.real(np.linalg.eigvals(W))
    rho = np.max(np.abs(eig))
    return W / rho * radius


@wrong("scale_to_radius", "only scaled down")
def scale_only_down(W, radius):
    """As in clipping: nothing is done when the radius is already small enough."""
    rho = np.abs(np.linalg.eigvals(W)).max()
    factor = min(1.0, radius / rho)
    return factor * W


@wrong("scale_to_radius", "input changed in place")
def scale_in_place(W, radius):
    """Right numbers, but W *= changes the argument."""
    W *= radius / np.max(np.abs(np.linalg.eigvals(W)))
    return W


@wrong("scale_to_radius", "power iteration, which a complex pair defeats")
def scale_by_power_iteration(W, radius):
    """The growth of one vector in the last of 100 steps; for a complex pair it never settles."""
    v = np.ones(len(W)) / np.sqrt(len(W))
    growth = 1.0
    for _ in range(100):
        v = W @ v
        growth = np.linalg.norm(v)
        v = v / growth
    return W * (radius / growth)


@wrong("scale_to_radius", "largest before its size", "divided the other way")
def scale_max_before_abs(W, radius):
    """Two mistakes: the max is by real part, then abs; and rho / radius for radius / rho."""
    rho = abs(max(np.linalg.eigvals(W), key=lambda z: z.real))
    return W * (rho / radius)


# clip_by_value


@right("clip_by_value")
def value_masks_on_a_copy(g, c):
    """Two masks on a copy."""
    out = np.array(g, dtype=float)
    out[out > c] = c
    out[out < -c] = -c
    return out


@right("clip_by_value")
def value_sign_times_size(g, c):
    """The sign times the limited size."""
    return np.sign(g) * np.minimum(np.abs(g), c)


@wrong("clip_by_value", "input changed in place")
def value_out_is_g(g, c):
    """Right numbers, but out=g overwrites the argument; a new array was asked for."""
    return np.clip(g, -c, c, out=g)


@wrong("clip_by_value", "scaled by the largest entry")
def value_rescaled(g, c):
    """Keeps the direction: entries that were inside the interval shrink too."""
    biggest = np.max(np.abs(g))
    return g * (c / biggest) if biggest > c else g.copy()


@wrong("clip_by_value", "sign forgotten")
def value_sign_lost(g, c):
    """One np.where on the size: the replacement has no sign."""
    return np.where(np.abs(g) > c, c, g)


@wrong("clip_by_value", "set to zero")
def value_dropped(g, c):
    """Removes what is too large instead of moving it to the border."""
    inside = (g >= -c) & (g <= c)
    return g * inside


@wrong("clip_by_value", "only from above")
def value_upper_only(g, c):
    """np.minimum alone; what lies below -c stays."""
    return np.minimum(g, c)


# clip_by_norm


@right("clip_by_norm")
def norm_of_concatenated(grads, c):
    """All arrays in one long vector; the factor is the smaller of 1 and c / norm."""
    flat = np.concatenate([g.ravel() for g in grads.values()])
    norm = np.linalg.norm(flat)
    factor = min(1.0, c / norm) if norm else 1.0
    return {k: v * factor for k, v in grads.items()}


@right("clip_by_norm")
def norm_divide_by_max(grads, c):
    """No condition: c / max(norm, c) is 1 when nothing is to be done; names spelt out."""
    squares = [np.vdot(grads[k], grads[k]) for k in ("W_xh", "W_hh", "b_h")]
    scale = c / max(np.sqrt(sum(squares)), c)
    return {
        "b_h": grads["b_h"] * scale,
        "W_xh": grads["W_xh"] * scale,
        "W_hh": grads["W_hh"] * scale,
    }


def _global_norm(arrays):
    return np.sqrt(sum((a**2).sum() for a in arrays))


@wrong("clip_by_norm", "clip each array by itself")
def norm_array_by_array(grads, c):
    """Three norms and three factors instead of one."""
    out = {}
    for name, g in grads.items():
        norm = np.linalg.norm(g)
        out[name] = g * c / norm if norm > c else g.copy()
    return out


@wrong("clip_by_norm", "input changed in place")
def norm_shallow_copy(grads, c):
    """grads.copy() is a new dict with the old arrays in it, and *= changes those."""
    clipped = grads.copy()
    norm = _global_norm(clipped.values())
    if norm > c:
        for name in clipped:
            clipped[name] *= c / norm
    return clipped


@wrong("clip_by_norm", "spectral norm for the norm of all entries")
def norm_ord_two(grads, c):
    """np.linalg.norm(g, 2) is the largest singular value when g is a matrix."""
    total = np.sqrt(sum(np.linalg.norm(g, 2) ** 2 for g in grads.values()))
    factor = c / total if total > c else 1.0
    return {name: factor * g for name, g in grads.items()}


@wrong("clip_by_norm", "bias forgotten")
def norm_of_weights_only(grads, c):
    """Only arrays with two axes count for the norm; all are scaled."""
    norm = _global_norm([g for g in grads.values() if g.ndim > 1])
    if norm <= c:
        return {name: g.copy() for name, g in grads.items()}
    return {name: g * (c / norm) for name, g in grads.items()}


@wrong("clip_by_norm", "root missing in the condition")
def norm_square_compared(grads, c):
    """The condition uses the sum of squares, the factor its root."""
    total = 0.0
    for g in grads.values():
        total += np.sum(g * g)
    if total > c:
        return {name: g * c / np.sqrt(total) for name, g in grads.items()}
    return {name: np.array(g) for name, g in grads.items()}


@wrong("clip_by_norm", "sum of norms")
def norm_sum_of_norms(grads, c):
    """The three norms are added; their squares should be, with one root at the end."""
    norm = sum(np.linalg.norm(v) for v in grads.values())
    coef = c / norm
    return {k: (v * coef if coef < 1 else v + 0) for k, v in grads.items()}


@wrong("clip_by_norm", "mean for sum", "always rescaled")
def norm_rms_always(grads, c):
    """Two mistakes: mean instead of sum of the squares, and no condition: it also enlarges."""
    flat = np.hstack([np.ravel(g) for g in grads.values()])
    size = np.sqrt(np.mean(flat**2)) + 1e-8
    return {k: g * (c / size) for k, g in grads.items()}


# gradient_norms


def _run(x, h_0, W_xh, W_hh, b_h):
    h = [h_0]
    for x_t in x:
        h.append(np.tanh(x_t @ W_xh + h[-1] @ W_hh + b_h))
    return np.array(h)


@right("gradient_norms")
def norms_by_einsum(x, dh, h_0, W_xh, W_hh, b_h):
    """All g and da first; the contributions as one array of three axes."""
    h = _run(x, h_0, W_xh, W_hh, b_h)
    T = len(x)
    g = np.vstack([np.zeros_like(h_0), dh])
    da = np.zeros(dh.shape)
    for t in range(T, 0, -1):
        da[t - 1] = g[t] * (1 - h[t] ** 2)
        g[t - 1] += W_hh @ da[t - 1]
    pieces = np.einsum("ti,tj->tij", h[:-1], da)
    norms = np.sqrt((g**2).sum(axis=1))
    parts = np.sqrt((pieces**2).sum(axis=(1, 2)))
    return norms, parts, np.sqrt((pieces.sum(axis=0) ** 2).sum())


@right("gradient_norms")
def norms_per_loss_term(x, dh, h_0, W_xh, W_hh, b_h):
    """A walk for every loss term, added up; parts as the product of two lengths."""
    h = _run(x, h_0, W_xh, W_hh, b_h)
    T, H = dh.shape
    g = np.zeros((T + 1, H))
    for s in range(1, T + 1):
        v = dh[s - 1]
        g[s] = g[s] + v
        for t in range(s, 0, -1):
            v = (v * (1 - h[t] ** 2)) @ W_hh.T
            g[t - 1] = g[t - 1] + v
    da = g[1:] * (1 - h[1:] ** 2)
    norms = np.linalg.norm(g, axis=1)
    parts = np.linalg.norm(h[:-1], axis=1) * np.linalg.norm(da, axis=1)
    return norms, parts, float(np.linalg.norm(h[:-1].T @ da))


@wrong("gradient_norms", "path forgotten: the earlier losses")
def norms_last_loss_only(x, dh, h_0, W_xh, W_hh, b_h):
    """Starts from dh[-1] and never adds what earlier losses send directly."""
    h = _run(x, h_0, W_xh, W_hh, b_h)
    T = len(x)
    norms, parts, dW = np.zeros(T + 1), np.zeros(T), np.zeros_like(W_hh)
    g = dh[-1]
    norms[T] = np.linalg.norm(g)
    for t in range(T, 0, -1):
        da = g * (1 - h[t] ** 2)
        piece = np.outer(h[t - 1], da)
        parts[t - 1] = np.linalg.norm(piece)
        dW += piece
        g = da @ W_hh.T
        norms[t - 1] = np.linalg.norm(g)
    return norms, parts, np.linalg.norm(dW)


@wrong("gradient_norms", "input changed in place")
def norms_dh_changed(x, dh, h_0, W_xh, W_hh, b_h):
    """Right numbers, but dh[t - 2] += writes what flows back into the caller's array."""
    h = _run(x, h_0, W_xh, W_hh, b_h)
    T = len(dh)
    norms, parts, dW = np.zeros(T + 1), np.zeros(T), np.zeros(W_hh.shape)
    for t in range(T, 0, -1):
        norms[t] = np.linalg.norm(dh[t - 1])
        da = dh[t - 1] * (1 - h[t] ** 2)
        parts[t - 1] = np.linalg.norm(np.outer(h[t - 1], da))
        dW += np.outer(h[t - 1], da)
        back = da @ W_hh.T
        if t > 1:
            dh[t - 2] += back
        else:
            norms[0] = np.linalg.norm(back)
    return norms, parts, np.linalg.norm(dW)


@wrong("gradient_norms", "pre-activation for state")
def norms_after_the_slope(x, dh, h_0, W_xh, W_hh, b_h):
    """Takes the norm after the slope: the gradient with respect to a_t, not h_t."""
    h = _run(x, h_0, W_xh, W_hh, b_h)
    norms, parts, dW = [], [], 0
    g = np.zeros(len(h_0))
    for t in range(len(x), 0, -1):
        g = (g + dh[t - 1]) * (1 - h[t] ** 2)
        norms.append(np.linalg.norm(g))
        parts.append(np.linalg.norm(np.outer(h[t - 1], g)))
        dW = dW + np.outer(h[t - 1], g)
        g = W_hh @ g
    norms.append(np.linalg.norm(g))
    return np.array(norms[::-1]), np.array(parts[::-1]), np.linalg.norm(dW)


@wrong("gradient_norms", "squares of the parts added")
def norms_total_from_parts(x, dh, h_0, W_xh, W_hh, b_h):
    """The root of the sum of the squared parts: right only for orthogonal contributions."""
    h = _run(x, h_0, W_xh, W_hh, b_h)
    T = x.shape[0]
    norms, parts = np.zeros(T + 1), np.zeros(T)
    back = np.zeros_like(h_0)
    for t in range(T, 0, -1):
        g = dh[t - 1] + back
        norms[t] = np.sqrt(g @ g)
        da = g * (1 - h[t] ** 2)
        parts[t - 1] = np.linalg.norm(np.outer(h[t - 1], da))
        back = da @ W_hh.T
    norms[0] = np.sqrt(back @ back)
    return norms, parts, np.sqrt(np.sum(parts**2))


@wrong("gradient_norms", "path forgotten: the loss at the step itself, but for the last")
def norms_of_what_flows_back(x, dh, h_0, W_xh, W_hh, b_h):
    """Records what comes from later states, before dh[t - 1] is added (except at T)."""
    h = _run(x, h_0, W_xh, W_hh, b_h)
    T = len(x)
    pieces = []
    norms = [np.linalg.norm(dh[-1])]
    back = np.zeros(W_hh.shape[0])
    for t in reversed(range(T)):
        da = (back + dh[t]) * (1 - h[t + 1] ** 2)
        pieces.insert(0, np.outer(h[t], da))
        back = da @ W_hh.T
        norms.insert(0, np.linalg.norm(back))
    parts = np.array([np.linalg.norm(p) for p in pieces])
    return np.array(norms), parts, np.linalg.norm(sum(pieces))


@wrong("gradient_norms", "running sum")
def norms_parts_cumulative(x, dh, h_0, W_xh, W_hh, b_h):
    """parts[t - 1] is the norm of all that has been added so far, not of step t alone."""
    h = _run(x, h_0, W_xh, W_hh, b_h)
    T, H = dh.shape
    norms, parts, dW_hh = np.empty(T + 1), np.empty(T), np.zeros((H, H))
    dh_next = np.zeros(H)
    for t in range(T - 1, -1, -1):
        grad = dh[t] + dh_next
        norms[t + 1] = np.linalg.norm(grad)
        da = grad * (1 - h[t + 1] ** 2)
        dW_hh += np.outer(h[t], da)
        parts[t] = np.linalg.norm(dW_hh)
        dh_next = da @ W_hh.T
    norms[0] = np.linalg.norm(dh_next)
    return norms, parts, np.linalg.norm(dW_hh)


@wrong("gradient_norms", "order of the walk", "spectral norm for the norm of all entries")
def norms_in_walking_order(x, dh, h_0, W_xh, W_hh, b_h):
    """Two mistakes: both lists run from T down; and total is the largest singular value."""
    h = _run(x, h_0, W_xh, W_hh, b_h)
    norms, parts, dW = [], [], np.zeros_like(W_hh)
    back = 0.0
    for t in range(len(x), 0, -1):
        g = dh[t - 1] + back
        norms.append(np.linalg.norm(g))
        da = g * (1 - h[t] ** 2)
        piece = np.outer(h[t - 1], da)
        parts.append(np.linalg.norm(piece))
        dW += piece
        back = da @ W_hh.T
    norms.append(np.linalg.norm(back))
    return np.array(norms), np.array(parts), np.linalg.norm(dW, 2)
