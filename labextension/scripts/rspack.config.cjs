// Modules are numbered by their order: the builder's own numbers depend on where the checkout lies.
module.exports = { optimization: { moduleIds: "natural", chunkIds: "natural" } };
