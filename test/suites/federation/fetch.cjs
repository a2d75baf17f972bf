// The tests ask the router at a port that may be taken, and know no other.
module.exports = (url, options) => fetch(url === "http://localhost:4000/" ? process.env.ROUTER_URL : url, options);
