// The validator and the links of the viewer's defaults would ask foreign hosts; they stay off.
window.addEventListener("DOMContentLoaded", () => {
  const target = document.getElementById("api");
  window.SwaggerUIBundle({
    url: target.dataset.schema,
    domNode: target,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayOperationId: true,
    filter: true,
    persistAuthorization: false,
    validatorUrl: null,
  });
});
