/** Of TCP: its header has 16 bits for it (RFC 9293, section 3.1). */
export const HIGHEST_PORT = 65_535;
