/**
 * Scripts, styles and fonts come from this server alone; nothing inline, nothing from elsewhere, no framing. No CORS header:
 * other sites' pages cannot read the figures. Forms send nothing anywhere but on the login page.
 */
export const securityHeaders = (formAction: "'none'" | "'self'"): Record<string, string> => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
});

/** Sent with every other answer. */
export const SECURITY_HEADERS = securityHeaders("'none'");
