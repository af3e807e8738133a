// Node runs the pack's TypeScript as it is. The SDK's runner would type-check an entry of its own first: 4 to 9 s.
import "./index.ts";
