// A real OpenID provider for tests: panva's oidc-provider with its own pages for development.
// One argument, JSON: port, client (id, secret, back, left), groups (login → the groups claim).
import Provider from "oidc-provider";

const { port, client, groups } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: client.id,
      client_secret: client.secret,
      redirect_uris: [client.back],
      post_logout_redirect_uris: [client.left],
    },
  ],
  claims: { openid: ["sub"], profile: ["name"], groups: ["groups"] },
  scopes: ["openid", "profile", "groups"],
  findAccount: (_, login) => ({
    accountId: login,
    claims: () => ({ sub: login, name: `Role ${login}`, groups: groups[login] ?? [] }),
  }),
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  ttl: { AuthorizationCode: 60, Grant: 600, Interaction: 600, Session: 600, AccessToken: 600, IdToken: 600 },
});

provider.listen(port, "127.0.0.1", () => console.log(`listening on ${issuer}`));
