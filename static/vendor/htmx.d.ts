/** static/vendor/htmx.js: of htmx 4 what static/js uses. */
interface Extension {
  init?: (api: { initSecurity(policy: object, refuse: () => never, refuseToo: () => never): void }) => void;
  htmx_config_request?: (element: Element, detail: { ctx: HtmxContext }) => void;
}

declare const htmx: {
  config: Record<string, unknown>;
  registerExtension(name: string, extension: Extension): void;
};

export default htmx;
