# %% [markdown]
# # Bicycle hires: one year at the quay
# Daily counts, made up for this notebook. How much does the weather explain?

# %%
import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng(7)
days = np.arange(365)
warmth = 11 - 9 * np.cos(2 * np.pi * (days - 20) / 365) + rng.normal(0, 2.5, 365)
rain = rng.gamma(0.6, 4.0, 365)
hires = 220 + 14 * warmth - 6 * rain + rng.normal(0, 30, 365)

# %%
fit = np.linalg.lstsq(np.c_[np.ones(365), warmth, rain], hires, rcond=None)[0]
print("base {:.0f} hires, {:+.1f} per degree, {:+.1f} per mm of rain".format(*fit))

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(9.5, 2.9))
left.plot(days, hires, lw=0.8, color="#1565c0")
left.set(xlabel="day of the year", ylabel="hires per day", title="The year")
right.scatter(warmth, hires, c=rain, s=9, cmap="viridis_r")
right.set(xlabel="mean temperature (°C)", title="Warm and dry days")
plt.tight_layout()

# %%
weekly = hires.reshape(52, 7).mean(axis=1)
