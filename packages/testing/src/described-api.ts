import { z } from 'zod';

const parameterSchema = z.object({
  name: z.string(),
  required: z.boolean(),
  schema: z.object({
    type: z.string().optional(),
    format: z.string().optional(),
    pattern: z.string().optional(),
    enum: z.array(z.string()).optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minLength: z.number().optional(),
    maxLength: z.number().optional(),
  }),
});
const endpointSchema = z.object({
  get: z.object({
    parameters: z.array(parameterSchema),
    responses: z.object({ 200: z.object({ content: z.record(z.string(), z.unknown()) }) }),
  }),
});
const descriptionSchema = z.object({ paths: z.record(z.string(), endpointSchema) });

export type DescribedParameter = z.infer<typeof parameterSchema>;

export interface DescribedEndpoint {
  readonly path: string;
  readonly parameters: readonly DescribedParameter[];
  /** Of its answer, without parameters: `application/json`. */
  readonly contentType: string;
}

/** The endpoints of an API by its own description (`/openapi.json`), so that whoever asks them all also asks new ones. */
export async function describedEndpoints(url: string): Promise<DescribedEndpoint[]> {
  const response = await fetch(`${url}/openapi.json`);
  const { paths } = descriptionSchema.parse(await response.json());
  return Object.entries(paths).map(([path, { get }]) => ({
    path,
    parameters: get.parameters,
    contentType: Object.keys(get.responses[200].content)[0]?.split(';', 1)[0] ?? '',
  }));
}
